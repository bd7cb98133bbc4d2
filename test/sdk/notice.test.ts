import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';

it('names zod, which is inside the built client, with its licence', () => {
  const config = readFileSync(resolve('infra/tooling/tsup.config.ts'), 'utf8');
  expect(config).toContain("noExternal: ['zod']");
  const notice = readFileSync(resolve('NOTICE'), 'utf8').replace(/\s+/g, ' ');
  const licence = readFileSync(resolve('node_modules/zod/LICENSE'), 'utf8').replace(/\s+/g, ' ').trim();
  expect(notice).toContain(/Copyright \(c\) \d+ [\w ]+(?= Permission)/.exec(licence)![0]);
  expect(notice).toContain(licence.slice(licence.indexOf('Permission is hereby')));
});
