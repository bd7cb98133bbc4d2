/** The command `colloquy runpod-dev` as a program of its own. */
import { runpodDevCommand } from '../../../../handlers/cli/commands/runpod-dev.ts';

await runpodDevCommand().parseAsync(process.argv.slice(2), { from: 'user' });
process.exit(0);
