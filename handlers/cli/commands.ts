import { Command } from 'commander';
import type { CliContext } from './context.ts';

/** A command, and how its code is had: only the one that is asked for is loaded, so that each starts quickly. */
type LazyCommand = {
  readonly summary: string;
  /** Whether it starts an engine in any case. */
  readonly runsModels?: true;
  readonly load: (context: CliContext) => Promise<Command>;
};

/** Every command, in the order of the help text. */
export const COMMANDS: Readonly<Record<string, LazyCommand>> = {
  transcribe: {
    summary: 'write down who said what in recordings',
    runsModels: true,
    load: async (context) => (await import('./commands/transcribe.ts')).transcribeCommand(context),
  },
  live: {
    summary: 'write down who says what while they say it',
    load: async (context) => (await import('./commands/live.ts')).liveCommand(context),
  },
  diarize: {
    summary: 'say who spoke when in recordings',
    runsModels: true,
    load: async (context) => (await import('./commands/diarize.ts')).diarizeCommand(context),
  },
  resolve: {
    summary: 'cluster saved observations anew, without models',
    load: async (context) => (await import('./commands/resolve.ts')).resolveCommand(context),
  },
  tune: {
    summary: 'find settings that lower the error on your recordings',
    load: async (context) => (await import('./commands/tune.ts')).tuneCommand(context),
  },
  embed: {
    summary: 'turn the voice in recordings into vectors',
    runsModels: true,
    load: async (context) => (await import('./commands/embed.ts')).embedCommand(context),
  },
  compare: {
    summary: 'say whether two recordings are spoken by one person',
    load: async (context) => (await import('./commands/compare.ts')).compareCommand(context),
  },
  enroll: {
    summary: 'learn a voice from recordings',
    runsModels: true,
    load: async (context) => (await import('./commands/enroll.ts')).enrollCommand(context),
  },
  verify: {
    summary: 'say whether recordings are spoken by a known voice',
    load: async (context) => (await import('./commands/verify.ts')).verifyCommand(context),
  },
  identify: {
    summary: 'say which known voice recordings are spoken by, if any',
    load: async (context) => (await import('./commands/identify.ts')).identifyCommand(context),
  },
  voices: {
    summary: 'list, remove, export and import voices',
    load: async (context) => (await import('./commands/voices.ts')).voicesCommand(context),
  },
  'detect-speech': {
    summary: 'say where in recordings somebody speaks',
    runsModels: true,
    load: async (context) => (await import('./commands/detect-speech.ts')).detectSpeechCommand(context),
  },
  loudness: {
    summary: 'measure how loud recordings are',
    runsModels: true,
    load: async (context) => (await import('./commands/loudness.ts')).loudnessCommand(context),
  },
  evaluate: {
    summary: 'score results against references',
    load: async (context) => (await import('./commands/evaluate.ts')).evaluateCommand(context),
  },
  render: {
    summary: 'write a result in another format, without models',
    load: async (context) => (await import('./commands/render.ts')).renderCommand(context),
  },
  remote: {
    summary: 'have the work done by a RunPod endpoint or a server',
    load: async (context) => (await import('./commands/remote.ts')).remoteCommand(context),
  },
  batch: {
    summary: 'work on many recordings, each exactly once',
    load: async (context) => (await import('./commands/batch.ts')).batchCommand(context),
  },
  serve: {
    summary: 'serve everything over HTTP',
    load: async (context) => (await import('./commands/serve.ts')).serveCommand(context),
  },
  models: {
    summary: 'list, download, verify and find model files',
    load: async (context) => (await import('./commands/models.ts')).modelsCommand(context),
  },
  doctor: {
    summary: 'show what this machine can do',
    load: async (context) => (await import('./commands/doctor.ts')).doctorCommand(context),
  },
  'runpod-dev': {
    summary: 'run the queue API of RunPod on this machine, with real workers',
    load: async (context) => (await import('./commands/runpod-dev.ts')).runpodDevCommand(context),
  },
  openapi: {
    summary: 'print the wire contract as an OpenAPI 3.1 document',
    load: async (context) => (await import('./commands/openapi.ts')).openapiCommand(context),
  },
};

/** Whether these arguments will start an engine, unless something is wrong with them. */
export function willRunModels(args: readonly string[]): boolean {
  const [name = ''] = args;
  const isHelp = args.includes('--help') || args.includes('-h');
  return !isHelp && Object.hasOwn(COMMANDS, name) && COMMANDS[name]!.runsModels === true;
}

/**
 * The command line. Of the commands, the one that the arguments name is complete; the others are only listed.
 *
 * @param args what follows the name of the program
 */
export async function createProgram(
  args: readonly string[],
  version: string,
  context: CliContext,
): Promise<Command> {
  const [first, second] = args.filter((argument) => !argument.startsWith('-'));
  const wanted = first === 'help' ? second : first;
  const program = new Command('colloquy')
    .description('Who said what, when: speech analysis on this machine')
    .version(version, '--version', 'print the version')
    .helpCommand('help [command]', 'show how to use a command')
    .addHelpText('before', 'Example:\n  colloquy transcribe meeting.m4a\n');
  program.exitOverride().configureOutput({
    writeOut: (text) => context.stdout.write(text),
    writeErr: (text) => context.stderr.write(text),
    // Errors are told by main.ts, in one line like all others.
    outputError: () => undefined,
  });
  for (const [name, { summary, load }] of Object.entries(COMMANDS)) {
    const command = name === wanted ? await load(context) : new Command(name);
    inherit(command.summary(summary), program);
    program.addCommand(command);
  }
  return program;
}

/** Settings of the program hold for commands that were made apart from it, and for theirs. */
function inherit(command: Command, parent: Command): void {
  command.copyInheritedSettings(parent);
  for (const child of command.commands) inherit(child, command);
}
