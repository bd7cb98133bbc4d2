/** Own weights that do not fit: told when they are added, and nothing is listed. */
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { writeOnnxModel } from '../../../../core/inference/graph/onnx-writer.ts';
import { addOwnModel, removeOwnModel } from '../../../../handlers/cli/models/own-models.ts';
import { openStore } from '../../../../handlers/setup/composition.ts';
import { embeddedModelsFolder } from '../../../../models/model-folders.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

const MOONSHINE = 'moonshine-tiny';
const WHISPER = 'whisper-base-q8';

/** A folder with the files of an embedded model; large ones are links. */
function folderOf(id: string): string {
  const folder = join(temporaryFolder(), 'mine');
  mkdirSync(folder);
  const files: Readonly<Record<string, readonly string[]>> = {
    [MOONSHINE]: ['encoder_model.onnx', 'decoder_model_merged.onnx', 'vocab.json'],
    [WHISPER]: [
      'encoder_model.onnx',
      'decoder_model_merged.onnx',
      'tokenizer.json',
      'config.json',
      'generation_config.json',
    ],
  };
  for (const file of files[id]!) symlinkSync(join(embeddedModelsFolder(), id, file), join(folder, file));
  return folder;
}

/** Puts other bytes in the place of a file. */
function replace(folder: string, file: string, bytes: Uint8Array | string): void {
  rmSync(join(folder, file));
  writeFileSync(join(folder, file), bytes);
}

/** An encoder of one operation. */
function encoder(input: string): Uint8Array {
  return writeOnnxModel({
    name: 'other',
    inputs: [{ name: input, dims: ['batch', 80, 'frames'] }],
    outputs: [{ name: 'last_hidden_state', dims: ['batch', 80, 'frames'] }],
    constants: [],
    nodes: [{ operation: 'Cast', inputs: [input], outputs: ['last_hidden_state'], attributes: { to: 1 } }],
  });
}

/** The same with an input in half precision: ValueInfoProto.type, its element type 1 (float32) becomes 10. */
function halfEncoder(): Uint8Array {
  const bytes = Buffer.from(encoder('input_features'));
  const name = bytes.indexOf('input_features', bytes.indexOf('other'));
  const type = bytes.indexOf(Buffer.of(0x08, 0x01), name);
  bytes[type + 1] = 10;
  return bytes;
}

function contextIn(folder: string) {
  const list = join(folder, 'models.json');
  const written: string[] = [];
  return {
    list,
    written,
    config: { environment: { COLLOQUY_OWN_MODELS: list, COLLOQUY_CACHE: folder } },
    stdout: { write: (text: string) => written.push(text) },
    signal: new AbortController().signal,
  };
}

const TASK = { task: 'speech-recognition' };

describe('own models', { timeout: 60_000 }, () => {
  it.each([
    ['a folder that is no model', MOONSHINE, (folder: string) => rmSync(join(folder, 'encoder_model.onnx'))],
    [
      'a decoder that is missing',
      MOONSHINE,
      (folder: string) => rmSync(join(folder, 'decoder_model_merged.onnx')),
    ],
  ])('refuses %s', async (_what, id, spoil) => {
    const context = contextIn(temporaryFolder());
    const folder = folderOf(id);
    spoil(folder);
    await expect(addOwnModel(context, folder, TASK)).rejects.toMatchObject({ code: 'invalid_option' });
    expect(existsSync(context.list)).toBe(false);
  });

  it.each([
    [
      'the vocabulary of another model',
      /needs \d+ tokens, its config\.json says 51865|fits no|token/,
      (folder: string) => {
        const path = join(embeddedModelsFolder(), WHISPER, 'config.json');
        const config = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
        replace(folder, 'config.json', JSON.stringify({ ...config, vocab_size: 60_000 }));
      },
    ],
    [
      'other names of tensors',
      /should have the inputs input_features, but has sound/,
      (folder: string) => replace(folder, 'encoder_model.onnx', encoder('sound')),
    ],
    [
      'inputs in half precision',
      /takes input_features as float16; expected float32/,
      (folder: string) => replace(folder, 'encoder_model.onnx', halfEncoder()),
    ],
    [
      'a graph that is none',
      /cannot be loaded: its file is damaged/,
      (folder: string) => replace(folder, 'encoder_model.onnx', 'no graph'),
    ],
  ])('refuses %s, and says so', async (_what, message, spoil) => {
    const context = contextIn(temporaryFolder());
    const folder = folderOf(WHISPER);
    spoil(folder);
    const failure = addOwnModel(context, folder, TASK);
    await expect(failure).rejects.toMatchObject({ code: 'model_shape_mismatch' });
    await expect(failure).rejects.toThrow(message);
    expect(existsSync(context.list)).toBe(false);
  });

  it('refuses the id of a model that ships', async () => {
    const failure = addOwnModel(contextIn(temporaryFolder()), folderOf(MOONSHINE), {
      ...TASK,
      id: MOONSHINE,
    });
    await expect(failure).rejects.toThrow(/is that of a model that ships.*--id my-moonshine-tiny/);
  });

  it('is not used once a file has changed since it was added', async () => {
    const context = contextIn(temporaryFolder());
    const folder = folderOf(MOONSHINE);
    rmSync(join(folder, 'vocab.json'));
    cpSync(join(embeddedModelsFolder(), MOONSHINE, 'vocab.json'), join(folder, 'vocab.json'));
    await addOwnModel(context, folder, TASK);
    expect(context.written.join('')).toBe('mine\n');
    const config = { environment: context.config.environment };
    expect((await openStore(config, {}, true).obtain('mine')).place).toBe('own-folder');
    replace(folder, 'vocab.json', '{}');
    await expect(openStore(config, {}, true).obtain('mine')).rejects.toThrow(
      /vocab\.json of the model mine is not the one.*add its folder again with `colloquy models add`/s,
    );
    await removeOwnModel(context, 'mine');
    await expect(openStore(config, {}, true).obtain('mine')).rejects.toMatchObject({ code: 'model_unknown' });
  });
});
