import { Command } from 'commander';
import { openApiDocument } from '../../../sdk/contract/openapi/openapi.ts';
import type { PlainContext } from '../context.ts';
import { writeToStdout } from '../output/output.ts';

/** `colloquy openapi`: the wire contract as an OpenAPI 3.1 document on stdout. */
export function openapiCommand(context: Pick<PlainContext, 'stdout'>): Command {
  return new Command('openapi')
    .description('print the wire contract as an OpenAPI 3.1 document')
    .addHelpText('before', 'Example:\n  colloquy openapi > openapi.json\n')
    .action(() => writeToStdout(context, `${JSON.stringify(openApiDocument(), null, 2)}\n`));
}
