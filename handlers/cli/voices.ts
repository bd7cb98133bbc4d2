import { basename } from 'node:path';
import { Argument, Command, Option } from 'commander';
import { InputUnavailableError, InvalidInputError } from '../../core/errors.ts';
import { enroll } from '../../core/verification/enroll.ts';
import { checkVector } from '../../core/verification/embedding-vector.ts';
import { requireSameSpace } from '../../core/verification/embedding-space.ts';
import type { FileVector } from '../../core/verification/plain-values.ts';
import {
  readVectorFile,
  VOICE_EXPORT_FORMATS,
  type VoiceExportFormat,
  writeVoice,
} from '../../core/verification/vector-file.ts';
import type { Voice, VoiceSample } from '../../core/verification/voice.ts';
import { decodeVoice } from '../../core/verification/voice-file.ts';
import { voiceName } from '../../core/verification/voice-name.ts';
import { VoiceScorer } from '../../core/verification/voice-scorer.ts';
import { openStore } from '../composition.ts';
import { DEFAULT_SPEAKER_MODEL, scoringModel } from '../speakers/speaker-setup.ts';
import type { CliContext } from './context.ts';
import { addVoiceFolderOption, knownVoice, voiceFolder, type VoiceFolderOptions } from './known-voices.ts';
import { createMessenger } from './progress.ts';
import { readInputFile } from './read-input-file.ts';
import { addReportOptions, type ReportOptions } from './voice-options.ts';
import { writeContent, writeReport } from './work-on-inputs.ts';

/** Largest file of vectors that is imported. */
const MAX_IMPORT_BYTES = 256 * 2 ** 20;

const EXAMPLES = `Examples:
  colloquy voices list
  colloquy voices remove Ana
  colloquy voices export Ana --format safetensors --output ana.safetensors
  colloquy voices import old.npz --model ge2e

`;

/** `colloquy voices`: list, remove, export and import voices. */
export function voicesCommand(context: CliContext): Command {
  const command = new Command('voices')
    .description('List, remove, export and import voices')
    .addHelpText('before', EXAMPLES);
  addReportOptions(addVoiceFolderOption(command.command('list').description('name all voices'))).action(
    (options: ReportOptions & VoiceFolderOptions) => listVoices(options, context),
  );
  addVoiceFolderOption(command.command('remove').description('delete voices for good'))
    .addArgument(new Argument('<name...>', 'names of voices'))
    .action((names: string[], options: VoiceFolderOptions) => removeVoices(names, options, context));
  addVoiceFolderOption(command.command('export').description('write a voice to a file'))
    .addArgument(new Argument('<name>', 'name of a voice'))
    .addOption(
      new Option('-f, --format <format>', 'form of the file').choices(VOICE_EXPORT_FORMATS).default('json'),
    )
    .option('-o, --output <path>', 'a file, or - for standard output')
    .action((name: string, options: ExportOptions) => exportVoice(name, options, context));
  addVoiceFolderOption(
    command
      .command('import')
      .description('read voice files, or vectors from JSON, npy, npz, safetensors or pickle'),
  )
    .addArgument(new Argument('<file...>', 'files that hold voices'))
    .option('--name <name>', 'what a vector is called that has no name in its file')
    .option('-m, --model <id>', 'the encoder that vectors were made with', DEFAULT_SPEAKER_MODEL)
    .action((files: string[], options: ImportOptions) => importVoices(files, options, context));
  return command;
}

async function listVoices(options: ReportOptions & VoiceFolderOptions, context: CliContext): Promise<void> {
  const voices = await folderOf(options, context).list();
  const json = voices.map(({ name, space, samples, createdAt, updatedAt }) => ({
    name,
    space,
    sampleCount: samples.length,
    speechSeconds: speechSecondsOf(samples),
    createdAt,
    updatedAt,
  }));
  const text = json.map(({ name, space, sampleCount, speechSeconds, updatedAt }) => {
    const samples = `${sampleCount} sample${sampleCount === 1 ? '' : 's'}`;
    return `${name}: ${samples}, ${speechSeconds.toFixed(1)} s of speech, ${space.model}, ${updatedAt.slice(0, 10)}\n`;
  });
  await writeReport({ json, text: text.join('') }, options, context);
}

async function removeVoices(
  names: readonly string[],
  options: VoiceFolderOptions,
  context: CliContext,
): Promise<void> {
  const store = folderOf(options, context);
  for (const name of names) {
    if (await store.remove(name)) continue;
    throw new InputUnavailableError(
      'file_not_found',
      `There is no voice ${JSON.stringify(name.slice(0, 128))} in the folder of voices.`,
    );
  }
}

type ExportOptions = VoiceFolderOptions & { readonly format: VoiceExportFormat; readonly output?: string };

async function exportVoice(name: string, options: ExportOptions, context: CliContext): Promise<void> {
  const voice = await knownVoice(name, folderOf(options, context), context);
  await writeContent(writeVoice(voice, options.format), options.output, context);
}

type ImportOptions = VoiceFolderOptions & { readonly name?: string; readonly model: string };

async function importVoices(
  files: readonly string[],
  options: ImportOptions,
  context: CliContext,
): Promise<void> {
  const store = folderOf(options, context);
  const scoring = await scoringModel(openStore(context.config), options.model);
  const now = new Date().toISOString();
  const scorer = new VoiceScorer(scoring);
  // All files are read before the first voice is written.
  const found: Voice[] = [];
  for (const path of files) {
    const where = basename(path);
    const bytes = await readInputFile(path, MAX_IMPORT_BYTES);
    const voice = readVoiceFile(bytes, where);
    if (voice !== undefined) {
      requireSameSpace(scoring.space, voice.space, `The voice ${JSON.stringify(voice.name)}`);
      found.push(options.name === undefined ? voice : { ...voice, name: voiceName(options.name) });
      continue;
    }
    for (const [name, samples] of byName(readVectorFile(bytes, where), options.name, where)) {
      for (const { vector } of samples) checkVector(vector, scoring.space.dimension, `A vector of ${where}`);
      found.push(enroll(name, samples, scorer, { now }).voice);
    }
  }
  for (const voice of found) {
    await store.update(voice.name, (existing) => {
      if (existing === undefined) return voice;
      throw new InvalidInputError(
        'invalid_option',
        `There is a voice ${JSON.stringify(voice.name)} already; remove it first, or import under another --name.`,
      );
    });
    await writeContent(`${voice.name}\n`, undefined, context);
  }
}

/** A voice file of Colloquy; undefined for any other file. */
function readVoiceFile(bytes: Uint8Array, where: string): Voice | undefined {
  const start = new TextDecoder().decode(bytes.subarray(0, 200));
  return /^\s*\{\s*"format"\s*:\s*"colloquy-voice"/.test(start)
    ? decodeVoice(new TextDecoder().decode(bytes), where)
    : undefined;
}

/** Vectors of one name are samples of one voice. */
function byName(
  vectors: readonly FileVector[],
  given: string | undefined,
  where: string,
): Map<string, VoiceSample[]> {
  const samples = new Map<string, VoiceSample[]>();
  for (const { name = given, vector } of vectors) {
    if (name === undefined) {
      throw new InvalidInputError(
        'invalid_option',
        `The vectors of ${where} have no names; give one with --name.`,
        {
          details: { option: '--name' },
        },
      );
    }
    const safe = voiceName(name);
    samples.set(safe, [...(samples.get(safe) ?? []), { vector, quality: null }]);
  }
  return samples;
}

function speechSecondsOf(samples: readonly VoiceSample[]): number {
  return samples.reduce((sum, { quality }) => sum + (quality?.speechSeconds ?? 0), 0);
}

function folderOf(options: VoiceFolderOptions, context: CliContext) {
  return voiceFolder(options, context, createMessenger('none', context.stderr));
}
