/** Code of others that is inside what we publish is named in NOTICE, with its licence. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';

const dist = resolve('dist');
const notice = asOneLine(readFileSync(resolve('NOTICE'), 'utf8'));

function asOneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

/** Packages whose files a bundle holds: the bundler writes the path of each file above it. */
function packagesInside(folder: string): string[] {
  const bundles = readdirSync(folder).filter((name) => /\.c?js$/.test(name));
  const packages = bundles.flatMap((name) => {
    const text = readFileSync(join(folder, name), 'utf8');
    return [...text.matchAll(/^\/\/ node_modules\/((?:@[^/]+\/)?[^/]+)\//gm)].map(([, inside]) => inside!);
  });
  return [...new Set(packages)].sort();
}

it('holds no code of others in the client and the engine', () => {
  expect(packagesInside(join(dist, 'sdk'))).toEqual([]);
  expect(packagesInside(join(dist, 'core'))).toEqual([]);
});

it('names what is inside the program, with its licence', () => {
  const inside = packagesInside(dist);
  expect(inside).toEqual(['zod']);
  for (const name of inside) {
    const licence = asOneLine(readFileSync(resolve('node_modules', name, 'LICENSE'), 'utf8'));
    expect(notice).toContain(`Bundled code: ${name}`);
    expect(notice).toContain(/Copyright \(c\) \d+ [\w ]+(?= Permission)/.exec(licence)![0]);
    expect(notice).toContain(licence.slice(licence.indexOf('Permission is hereby')));
  }
});
