import { basename } from 'node:path';
import { Argument, Command, Option } from 'commander';
import { InputUnavailableError, InvalidInputError } from '../../../core/errors.ts';
import { enroll } from '../../../core/verification/enroll.ts';
import { checkVector } from '../../../core/verification/scores/embedding-vector.ts';
import { requireSameSpace } from '../../../core/verification/scores/embedding-space.ts';
import type { FileVector } from '../../../core/array-files/plain-values.ts';
import {
  readVectorFile,
  VOICE_EXPORT_FORMATS,
  type VoiceExportFormat,
  writeVoice,
} from '../../../core/verification/voices/vector-file.ts';
import type { EnrolledVoice, VoiceSample } from '../../../core/verification/voices/voice.ts';
import { checkDistinctNames, voiceName } from '../../../core/verification/voices/voice-name.ts';
import { VoiceScorer } from '../../../core/verification/scores/voice-scorer.ts';
import { openStore } from '../../setup/composition.ts';
import { encoderOfVoices } from '../../work/speakers/encoder-of-voices.ts';
import { DEFAULT_SPEAKER_MODEL, scoringModel } from '../../work/speakers/speaker-setup.ts';
import { voiceFacts } from '../../work/speakers/voice-facts.ts';
import type { CliContext } from '../context.ts';
import {
  addVoiceFolderOption,
  decodeVoiceFile,
  knownVoice,
  voiceFolder,
  type VoiceFolderOptions,
  warnIfExposed,
} from '../input/known-voices.ts';
import { createMessenger } from '../output/progress.ts';
import { voicesReport } from '../output/voice-reports.ts';
import { readInputFile } from '../../work/files/read-input-file.ts';
import { addReportOptions, type ReportOptions } from '../options/voice-options.ts';
import { writeContent, writeReport } from '../input/work-on-inputs.ts';

/** Largest file of vectors that is imported. */
const MAX_IMPORT_BYTES = 256 * 2 ** 20;

/** A voice is biometric data, wherever it goes. */
const OWNER_ONLY = 0o600;

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
    .option('--name <name>', 'what the voice of a file is called, whatever the file says')
    .option(
      '-m, --model <id>',
      `the encoder that vectors were made with (default: ${DEFAULT_SPEAKER_MODEL}; a voice file says it itself)`,
    )
    .action((files: string[], options: ImportOptions) => importVoices(files, options, context));
  return command;
}

async function listVoices(options: ReportOptions & VoiceFolderOptions, context: CliContext): Promise<void> {
  const voices = await folderOf(options, context).list();
  const { space: current } = await scoringModel(openStore(context.config));
  await writeReport(voicesReport(voices.map((voice) => voiceFacts(voice, current))), options, context);
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
  const messenger = createMessenger('none', context.stderr);
  const voice = await knownVoice(name, folderOf(options, context), context, messenger);
  await writeContent(writeVoice(voice, options.format), options.output, context, OWNER_ONLY);
}

type ImportOptions = VoiceFolderOptions & { readonly name?: string; readonly model?: string };

async function importVoices(
  files: readonly string[],
  options: ImportOptions,
  context: CliContext,
): Promise<void> {
  const store = folderOf(options, context);
  const scorer = new VoiceScorer(await scoringModel(openStore(context.config), options.model));
  // All files are read before the first voice is written.
  const found: EnrolledVoice[] = [];
  for (const path of files) found.push(...(await voicesOf(path, options, scorer, context)));
  checkDistinctNames(found.map(({ name }) => name));
  for (const { name } of found) refuseExisting(await store.find(name));
  for (const voice of found) {
    await store.update(voice.name, (existing) => {
      refuseExisting(existing);
      return voice;
    });
    await writeContent(`${voice.name}\n`, undefined, context);
  }
}

/** The voices of a file; vectors without a space are taken for those of the scorer. */
async function voicesOf(
  path: string,
  { name: givenName, model: asked }: ImportOptions,
  scorer: VoiceScorer,
  context: CliContext,
): Promise<EnrolledVoice[]> {
  const { space } = scorer.model;
  const where = basename(path);
  const bytes = await readInputFile(path, MAX_IMPORT_BYTES);
  if (isVoiceFile(bytes)) {
    await warnIfExposed(path, createMessenger('none', context.stderr));
    const voice = decodeVoiceFile(bytes, where, context);
    // It may be of an older encoder, but of one that is there.
    const own = await scoringModel(openStore(context.config), encoderOfVoices([voice], asked));
    requireSameSpace(own.space, voice.space, `The voice ${JSON.stringify(voice.name)}`);
    return [givenName === undefined ? voice : { ...voice, name: voiceName(givenName) }];
  }
  const now = new Date().toISOString();
  return [...byName(readVectorFile(bytes, where), givenName, where)].map(([name, samples]) => {
    for (const { vector } of samples) checkVector(vector, space.dimension, `A vector of ${where}`);
    return enroll(name, samples, scorer, { now }).voice;
  });
}

function refuseExisting(voice: EnrolledVoice | undefined): void {
  if (voice === undefined) return;
  throw new InvalidInputError(
    'invalid_option',
    `There is a voice ${JSON.stringify(voice.name)} already; remove it first, or import under another --name.`,
  );
}

/** True for a voice file of Colloquy, encrypted or not. */
function isVoiceFile(bytes: Uint8Array): boolean {
  const start = new TextDecoder().decode(bytes.subarray(0, 200));
  return /^\s*\{\s*"format"\s*:\s*"colloquy-voice(-encrypted)?"/.test(start);
}

/** Vectors of one name are samples of one voice. */
function byName(
  vectors: readonly FileVector[],
  given: string | undefined,
  where: string,
): Map<string, VoiceSample[]> {
  const samples = new Map<string, VoiceSample[]>();
  if (given !== undefined && new Set(vectors.map(({ name }) => name)).size > 1) {
    throw new InvalidInputError(
      'invalid_option',
      `${where} holds several voices; --name would make them one. Leave it out.`,
      { details: { option: '--name' } },
    );
  }
  for (const { name: own, vector } of vectors) {
    const name = given ?? own;
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

function folderOf(options: VoiceFolderOptions, context: CliContext) {
  return voiceFolder(options, context, createMessenger('none', context.stderr));
}
