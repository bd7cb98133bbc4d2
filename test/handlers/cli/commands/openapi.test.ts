import { expect, test } from 'vitest';
import { openapiCommand } from '../../../../handlers/cli/commands/openapi.ts';
import { openApiDocument } from '../../../../sdk/contract/openapi/openapi.ts';

test('colloquy openapi prints the whole document as JSON', async () => {
  let printed = '';
  const stdout = {
    write: (text: string | Uint8Array, done: () => void) => {
      printed += String(text);
      done();
    },
  };
  await openapiCommand({ stdout }).parseAsync([], { from: 'user' });
  expect(JSON.parse(printed)).toEqual(openApiDocument());
});
