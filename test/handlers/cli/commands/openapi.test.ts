import { expect, test } from 'vitest';
import type { CliContext } from '../../../../handlers/cli/context.ts';
import { openapiCommand } from '../../../../handlers/cli/commands/openapi.ts';
import { openApiDocument } from '../../../../sdk/contract/openapi.ts';

test('colloquy openapi prints the whole document as JSON', async () => {
  let printed = '';
  const stdout = {
    write: (text: string, done: () => void) => {
      printed += text;
      done();
    },
  } as unknown as CliContext['stdout'];
  await openapiCommand({ stdout }).parseAsync([], { from: 'user' });
  expect(JSON.parse(printed)).toEqual(openApiDocument());
});
