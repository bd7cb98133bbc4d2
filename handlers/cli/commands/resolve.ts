import { basename } from 'node:path';
import { Argument, Command, Option } from 'commander';
import { DIARIZATION_PRESETS, findPreset } from '../../../core/diarization/presets.ts';
import { openStore } from '../../setup/composition.ts';
import { MAX_OBSERVATIONS_BYTES, resolveObservations } from '../../work/jobs/resolve-observations.ts';
import { speakerBoundsOf } from '../../work/requests/speaker-bounds.ts';
import { readInputFile } from '../../work/files/read-input-file.ts';
import type { CliContext } from '../context.ts';
import { finishOutput, startOutput } from '../output/output.ts';
import { type OutputOptions, planOutput, TURN_FORMATS } from '../output/output-plan.ts';
import { createMessenger } from '../output/progress.ts';
import { presetOption } from '../options/preset-option.ts';
import { addSpeakerOptions, type SpeakerOptions, speakerJobOptions } from '../options/speaker-options.ts';

type ResolveOptions = OutputOptions & SpeakerOptions & { readonly preset?: string };

const EXAMPLES = `Examples:
  colloquy diarize meeting.wav --save-observations meeting.observations
  colloquy resolve meeting.observations --num-speakers 4
  colloquy resolve 1.observations 2.observations 3.observations --format rttm
`;

/** `colloquy resolve`: clusters saved observations anew, in milliseconds and without models. */
export function resolveCommand(context: CliContext): Command {
  const presets = Object.keys(DIARIZATION_PRESETS).join(', ');
  const command = new Command('resolve')
    .description('Cluster saved observations anew, with another number of speakers for instance')
    .addHelpText('before', EXAMPLES)
    .addArgument(
      new Argument(
        '<file...>',
        'written by colloquy diarize --save-observations; all parts of a recording, in any order',
      ),
    )
    .addOption(
      new Option('-f, --format <format>', 'form of the result (default: turns and a timeline)').choices(
        TURN_FORMATS,
      ),
    )
    .option('-o, --output <path>', 'a file, a folder, or - for standard output');
  return addSpeakerOptions(command)
    .addOption(presetOption(`settings of another preset of the same models: ${presets}`))
    .action((files: string[], options: ResolveOptions) => resolveFiles(files, options, context));
}

async function resolveFiles(
  paths: readonly string[],
  options: ResolveOptions,
  context: CliContext,
): Promise<void> {
  const path = paths[0]!;
  const bounds = speakerBoundsOf(speakerJobOptions(options));
  if (options.preset !== undefined) findPreset(options.preset);
  const plan = await planOutput([path], options);
  const observations = await Promise.all(paths.map((one) => readInputFile(one, MAX_OBSERVATIONS_BYTES)));
  const file = await startOutput(plan, path);
  try {
    const { preset } = options;
    const store = openStore(context.config);
    const result = await resolveObservations(observations, preset, bounds, store, context.signal);
    const messenger = createMessenger('none', context.stderr);
    const reference = { index: 0, name: basename(path) };
    for (const warning of result.warnings) messenger.warning(reference, warning);
    await finishOutput(result, plan, file, { input: path, isOneOfSeveral: false }, context);
  } finally {
    await file?.discard();
  }
}
