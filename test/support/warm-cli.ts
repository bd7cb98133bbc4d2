/** The command inside the process of a test file, with one engine for all its runs. */
import { PassThrough, Readable, type Writable } from 'node:stream';
import { tmpdir } from 'node:os';
import { afterAll } from 'vitest';
import type { Engine } from '../../core/engine/engine.ts';
import { runCommand, type CommandSurroundings } from '../../handlers/cli/run-command.ts';
import { startEngine } from '../../handlers/setup/composition.ts';
import type { CliOptions, CliRun } from './run-cli.ts';

type StartEngine = NonNullable<CommandSurroundings['startEngine']>;

/** Engines by what they were started with: most runs ask for the same. */
const engines = new Map<string, Promise<Engine>>();

afterAll(async () => {
  for (const engine of engines.values()) await (await engine).close();
});

/**
 * Runs the command from its sources as `runCli` runs the built one: the same arguments, streams and exit code, real
 * models. Only the start of processes and the loading of models are saved, which take most of the time of a short
 * recording. Each file that uses it also runs the built command.
 */
export async function runCliHere(args: readonly string[], options: CliOptions = {}): Promise<CliRun> {
  const stdin = Readable.from(options.input === undefined ? [] : [options.input]);
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const texts = [textOf(stdout), textOf(stderr)] as const;
  const never = new AbortController().signal;
  const folder = process.cwd();
  process.chdir(options.cwd ?? folder);
  let code: number;
  try {
    code = await runCommand(args, {
      stdin: Object.assign(stdin, { isTTY: false }) as unknown as NodeJS.ReadStream,
      stdout: Object.assign(stdout, { isTTY: false }) as unknown as NodeJS.WriteStream,
      stderr,
      environment: { PATH: process.env.PATH, HOME: tmpdir(), COLLOQUY_OFFLINE: '1', ...options.environment },
      interrupts: { signal: never, exitCode: () => undefined },
      startEngine: lend,
    });
  } finally {
    process.chdir(folder);
  }
  stdout.end();
  stderr.end();
  return { code, stdout: await texts[0], stderr: await texts[1] };
}

/** An engine that a command may close without ending it. */
const lend: StartEngine = async (config, options) => {
  const key = JSON.stringify([config.engineEnvironment, options]);
  let engine = engines.get(key);
  if (engine === undefined) {
    engine = startInLastingFolder(() => startEngine(config, options));
    engines.set(key, engine);
    engine.catch(() => engines.delete(key));
  }
  return new Proxy(await engine, {
    get(target, name) {
      if (name === 'close') return () => Promise.resolve();
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
};

/** An engine that outlives the run, and with it the folder of the run. */
function startInLastingFolder(start: () => Promise<Engine>): Promise<Engine> {
  const folder = process.cwd();
  process.chdir(import.meta.dirname);
  try {
    return start();
  } finally {
    process.chdir(folder);
  }
}

async function textOf(stream: Writable & AsyncIterable<unknown>): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
