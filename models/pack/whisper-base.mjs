/**
 * Builds the npm package that carries Whisper base, so that the main one stays small:
 *
 *   node models/pack/whisper-base.mjs [folder]     writes the package, ready for `npm pack` or `npm publish`
 */
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const MODEL_ID = 'whisper-base-q8';
const repository = fileURLToPath(new URL('../..', import.meta.url));
const source = join(repository, 'models/embedded', MODEL_ID);
const target = resolve(process.argv[2] ?? join(repository, 'dist/packages/colloquy-whisper-base'));

const read = (path) => JSON.parse(readFileSync(join(repository, path), 'utf8'));
const { version } = read('package.json');
const { npmPackage, title, licence } = read('models/manifest.json').models.find(({ id }) => id === MODEL_ID);

mkdirSync(target, { recursive: true });
const files = readdirSync(source);
for (const file of files) copyFileSync(join(source, file), join(target, file));
writeFileSync(
  join(target, 'package.json'),
  `${JSON.stringify(
    {
      name: npmPackage,
      version,
      description: `${title}: a model for Colloquy, which finds it when both are installed`,
      license: licence.spdx,
      files,
      exports: { './package.json': './package.json' },
    },
    null,
    2,
  )}\n`,
);
writeFileSync(
  join(target, 'README.md'),
  `# ${npmPackage}

${title}, for [Colloquy](https://www.npmjs.com/package/colloquy): \`npm install colloquy ${npmPackage}\`, nothing else.
Colloquy compares the checksum of every file with its own list before it uses it.

${licence.attribution}, ${licence.spdx}. ${licence.changes}
`,
);
process.stdout.write(`${target}\n`);
