import { Command } from 'commander';
import { openApiDocument } from '../../sdk/contract/openapi.ts';

/** `colloquy openapi`: the wire contract as an OpenAPI 3.1 document on stdout. */
export function openapiCommand(): Command {
  return new Command('openapi')
    .description('print the wire contract as an OpenAPI 3.1 document')
    .addHelpText('after', '\nExample:\n  colloquy openapi > openapi.json')
    .action(() => {
      process.stdout.write(`${JSON.stringify(openApiDocument(), null, 2)}\n`);
    });
}
