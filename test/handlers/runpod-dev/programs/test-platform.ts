/** The command `colloquy runpod-dev` as a program of its own. */
import { runpodDevCommand } from '../../../../handlers/cli/commands/runpod-dev.ts';
import { readConfig } from '../../../../handlers/setup/config.ts';

const { stdout, stderr } = process;
await runpodDevCommand({ config: readConfig(), stdout, stderr }).parseAsync(process.argv.slice(2), {
  from: 'user',
});
process.exit(0);
