/** `colloquy live --engine diart`: diart's algorithm, under the names of its command line. */
import { type Command, Option } from 'commander';
import { InvalidInputError } from '../../../core/errors.ts';
import { DIART_PRESETS, type DiartOptions } from '../../../core/live/diart/diart-tracker.ts';
import type { LiveStartParsed } from '../../../sdk/live/client-message.ts';
import { invalidOption } from '../options/option-parsers.ts';

export const LIVE_ENGINES = ['colloquy', 'diart'] as const;

export type DiartCliOptions = {
  readonly engine: (typeof LIVE_ENGINES)[number];
  readonly tauActive?: number;
  readonly rhoUpdate?: number;
  readonly deltaNew?: number;
};

export function addDiartOptions(command: Command): Command {
  return command
    .addOption(
      new Option(
        '--engine <name>',
        "what tells speakers: ours, or diart's algorithm, which never corrects itself",
      )
        .choices([...LIVE_ENGINES])
        .default('colloquy'),
    )
    .addOption(
      number('--tau-active', 1, 'with --engine diart: a speaker is active from this score on (default: 0.5)'),
    )
    .addOption(
      number('--rho-update', 1, 'with --engine diart: centres move from this mean score on (default: 0.3)'),
    )
    .addOption(
      number('--delta-new', 2, 'with --engine diart: a voice is new from this distance on (default: 1)'),
    );
}

/** Settings of diart, as its command line has them, or nothing where the engine is ours. */
export function diartOptionsOf(
  { engine, tauActive, rhoUpdate, deltaNew }: DiartCliOptions,
  latencySeconds: number | undefined,
): Partial<DiartOptions> | undefined {
  const given = Object.entries({ tauActive, rhoUpdate, deltaNew }).filter(([, value]) => value !== undefined);
  if (engine === 'diart')
    return {
      ...DIART_PRESETS['diart-cli'],
      latencySeconds: latencySeconds ?? 0.5,
      ...Object.fromEntries(given),
    };
  if (given.length === 0) return undefined;
  throw refused('--tau-active, --rho-update and --delta-new are settings of --engine diart.');
}

/** diart tells speakers apart and does nothing else, on this machine. */
export function refuseBesideDiart(
  { engine }: DiartCliOptions,
  {
    tasks,
    latency,
    voices,
    remote,
  }: { tasks: LiveStartParsed['tasks']; latency?: number; voices?: string; remote?: string },
): void {
  if (engine !== 'diart') return;
  if (tasks.some((task) => task !== 'diarize'))
    throw refused("diart's algorithm tells speakers apart and does nothing else: --tasks diarize.");
  if (latency !== undefined && latency > 5)
    throw refused('diart looks at 5 s: --latency is from 0.5 to 5 with it.');
  if (voices !== undefined) throw refused("diart's algorithm knows no voices: leave --voices out.");
  if (remote !== undefined) throw refused('A server runs its own engine: leave --engine out, or --remote.');
}

function refused(message: string): InvalidInputError {
  return new InvalidInputError('invalid_option', message, { details: { option: '--engine' } });
}

function number(flag: string, most: number, description: string): Option {
  return new Option(`${flag} <number>`, description).argParser((text) => {
    const value = /^\d(\.\d{1,9})?$/.test(text) ? Number(text) : NaN;
    if (value <= most) return value;
    throw invalidOption(flag, `a number from 0 to ${most}`, text);
  });
}
