#!/usr/bin/env node
/** The command `colloquy` as a process of its own. */
import { discardPendingFiles } from '../work/files/pending-file.ts';
import { watchInterrupts } from './interrupts.ts';
import { runCommand } from './run-command.ts';

const { argv, stdin, stdout, stderr, env: environment } = process;
const interrupts = watchInterrupts(discardPendingFiles);
const exitCode = await runCommand(argv.slice(2), {
  stdin,
  stdout,
  stderr,
  environment,
  interrupts,
  forksEngine: true,
});
// Exits by itself: a stalled stdin, or a connection that is kept open, must not hold up who waits for the result.
process.exit(exitCode);
