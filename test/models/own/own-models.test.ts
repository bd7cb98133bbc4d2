import { cpSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { locateModel } from '../../../models/locate.ts';
import { findModel, shippedManifest } from '../../../models/manifest.ts';
import { embeddedModelsFolder } from '../../../models/model-folders.ts';
import { inspectModelFolder } from '../../../models/own/inspect-folder.ts';
import {
  mergeManifests,
  ownManifestPath,
  readOwnManifest,
  withEntry,
  withoutEntry,
  writeOwnManifest,
} from '../../../models/own/own-manifest.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { foldersIn } from '../support/small-model.ts';

/** Files that only have names: what is in them is looked at when a model is opened. */
function folderOf(files: Readonly<Record<string, string>>): string {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'onnx'));
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  return folder;
}

const WHISPER = {
  'config.json': JSON.stringify({ model_type: 'whisper', num_mel_bins: 80 }),
  'generation_config.json': '{}',
  'tokenizer.json': '{}',
  'onnx/encoder_model.onnx': 'e',
  'onnx/encoder_model_fp16.onnx': 'half',
  'onnx/decoder_model_merged_quantized.onnx': 'd',
};

describe('inspectModelFolder', () => {
  it('knows the export of onnx-community, graphs in a folder of their own, the most exact form of each', async () => {
    const entry = await inspectModelFolder(folderOf(WHISPER), { id: 'mine' });
    expect(entry).toMatchObject({ id: 'mine', task: 'speech-recognition', frontEnd: 'whisper-log-mel-80' });
    expect(entry.files.map(({ role, path }) => [role, path])).toEqual([
      ['encoder', 'onnx/encoder_model.onnx'],
      ['decoder', 'onnx/decoder_model_merged_quantized.onnx'],
      ['tokenizer', 'tokenizer.json'],
      ['config', 'config.json'],
      ['generation-config', 'generation_config.json'],
    ]);
    expect((await locateModel(entry, foldersIn(temporaryFolder())))?.place).toBe('own-folder');
  });

  it('knows embedded Moonshine, NeMo transducers and CTC models, weights beside their graphs', async () => {
    const moonshine = temporaryFolder();
    cpSync(join(embeddedModelsFolder(), 'moonshine-tiny'), moonshine, { recursive: true });
    expect(await inspectModelFolder(moonshine)).toMatchObject({ frontEnd: 'waveform', languages: ['en'] });
    const transducer = folderOf({
      'encoder-model.onnx': 'e',
      'encoder-model.onnx.data': 'w',
      'decoder_joint-model.onnx': 'd',
      'vocab.txt': 'v',
      'config.json': JSON.stringify({ model_type: 'nemo-conformer-tdt', features_size: 128 }),
    });
    const entry = await inspectModelFolder(transducer, { languages: ['de'] });
    expect(entry).toMatchObject({ frontEnd: 'nemo-mel-128', languages: ['de'] });
    expect(entry.files.map(({ role }) => role)).toEqual([
      'encoder',
      'weights',
      'decoder',
      'vocabulary',
      'config',
    ]);
    const ctc = folderOf({ 'model.int8.onnx': 'm', 'vocab.txt': 'v' });
    expect((await inspectModelFolder(ctc)).files.map(({ role }) => role)).toEqual(['encoder', 'vocabulary']);
  });

  const { 'generation_config.json': _, ...lacking } = WHISPER;
  it.each([
    ['no model', { 'readme.txt': 'hello' }, /expected the files of Whisper/],
    ['another kind', { ...WHISPER, 'config.json': '{"model_type":"bert"}' }, /says "bert"/],
    ['a file less', lacking, /lacks generation_config.json/],
    ['a configuration that is none', { ...WHISPER, 'config.json': '<html>' }, /no JSON object/],
    [
      'bands nobody has',
      { ...WHISPER, 'config.json': '{"model_type":"whisper","num_mel_bins":40}' },
      /fits no Whisper/,
    ],
  ])('refuses a folder with %s, and says what is missing', async (_name, files, message) => {
    const inspecting = inspectModelFolder(folderOf(files));
    await expect(inspecting).rejects.toMatchObject({ code: 'invalid_option' });
    await expect(inspecting).rejects.toThrow(message);
  });

  it('refuses a folder that is not there', async () => {
    await expect(inspectModelFolder(join(temporaryFolder(), 'nowhere'))).rejects.toMatchObject({
      code: 'invalid_option',
    });
  });
});

describe('the own manifest', () => {
  it('adds, replaces and removes entries, and stands beside the one that ships', async () => {
    const path = ownManifestPath({ COLLOQUY_OWN_MODELS: join(temporaryFolder(), 'data', 'models.json') });
    expect(readOwnManifest(path).models).toEqual([]);
    const shipped = shippedManifest();
    const entry = await inspectModelFolder(folderOf(WHISPER), { id: 'whisper-base' });
    await writeOwnManifest(path, withEntry(readOwnManifest(path), entry, shipped));
    await writeOwnManifest(path, withEntry(readOwnManifest(path), { ...entry, title: 'again' }, shipped));
    const merged = mergeManifests(shipped, readOwnManifest(path), path);
    expect(merged.models.filter(({ id }) => id === 'whisper-base')).toHaveLength(1);
    expect(findModel(merged, 'whisper-base').title).toBe('again');
    expect(withoutEntry(readOwnManifest(path), 'whisper-base').models).toEqual([]);
    expect(() => withoutEntry(readOwnManifest(path), 'other')).toThrow(/added are: whisper-base/);
  });

  it('never takes the id of a model that ships', async () => {
    const entry = await inspectModelFolder(folderOf(WHISPER), { id: 'moonshine-tiny' });
    const own = { schemaVersion: 1 as const, models: [entry] };
    expect(() => withEntry({ ...own, models: [] }, entry, shippedManifest())).toThrow(
      /--id my-moonshine-tiny/,
    );
    expect(() => mergeManifests(shippedManifest(), own, 'models.json')).toThrow(/cannot be replaced/);
  });

  it.each([
    ['no JSON', 'x'],
    ['no manifest', '{"models":1}'],
    [
      'an entry without a folder',
      JSON.stringify({ schemaVersion: 1, models: [findModel(shippedManifest(), 'whisper-base')] }),
    ],
  ])('says what is wrong with a file that is %s', (_name, content) => {
    const path = join(temporaryFolder(), 'models.json');
    writeFileSync(path, content);
    expect(() => readOwnManifest(path)).toThrow(expect.objectContaining({ code: 'configuration_invalid' }));
  });

  it('is not found whole any more once a file has moved', async () => {
    const folder = folderOf(WHISPER);
    const entry = await inspectModelFolder(folder);
    renameSync(join(folder, 'tokenizer.json'), join(folder, 'other.json'));
    expect(await locateModel(entry, foldersIn(temporaryFolder()))).toBeUndefined();
    expect(readFileSync(join(folder, 'other.json'), 'utf8')).toBe('{}');
  });
});
