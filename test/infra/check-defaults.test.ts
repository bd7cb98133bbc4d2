import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

function checkDefaults(...entries: string[]) {
  return spawnSync(process.execPath, ['infra/tooling/check-defaults.mjs', ...entries], {
    cwd: root,
    encoding: 'utf8',
    timeout: 60_000,
  });
}

it('names the members whose default is not told, those of options inside options too', () => {
  const { status, stderr } = checkDefaults('test/support/undocumented-options.ts');
  expect(status).toBe(1);
  expect(stderr.match(/\w+ of \w+$/gm)).toEqual(['maxBytes of FixtureLimits', 'tries of FixtureOptions']);
});

it('finds the default of every public option told', () => {
  expect(checkDefaults()).toMatchObject({ status: 0, stderr: '' });
});
