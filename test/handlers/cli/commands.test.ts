import { describe, expect, it } from 'vitest';
import { COMMANDS, createProgram } from '../../../handlers/cli/commands.ts';
import type { CliContext } from '../../../handlers/cli/context.ts';
import { readConfig } from '../../../handlers/setup/config.ts';

const context: CliContext = {
  args: [],
  config: readConfig({}),
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  signal: new AbortController().signal,
  setExitCode: () => undefined,
};

describe('createProgram', () => {
  it.each(Object.keys(COMMANDS))(
    'loads %s, with a description and an action or subcommands',
    async (name) => {
      const program = await createProgram([name], '1.2.3', context);
      const command = program.commands.find((candidate) => candidate.name() === name)!;
      expect(command.description()).not.toBe('');
      expect(command.helpInformation()).toContain(`Usage: colloquy ${name}`);
    },
  );

  it('loads only the command that is asked for, and lists all', async () => {
    const program = await createProgram(['--help'], '1.2.3', context);
    expect(program.commands.map((command) => command.name())).toEqual(Object.keys(COMMANDS));
    for (const command of program.commands) {
      expect(command.summary()).not.toBe('');
      expect(command.description()).toBe('');
    }
  });

  it('finds the command that help is asked for', async () => {
    const program = await createProgram(['help', 'resolve'], '1.2.3', context);
    const loaded = program.commands.filter((command) => command.description() !== '');
    expect(loaded.map((command) => command.name())).toEqual(['resolve']);
  });
});
