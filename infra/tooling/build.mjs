/** Builds `dist/` when a source is newer than the last build. `npm run build` builds in any case, with types. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { writeSdkPackage } from './sdk-package.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const SOURCES = ['core', 'handlers', 'models', 'sdk', 'infra/tooling', 'package.json'];

/** Leaves a stamp beside the build; `types` says whether declarations of the SDK were made too. */
const stampOf = (types) => join(root, 'dist', types ? '.built-with-types' : '.built');

function newestChange(path) {
  const stats = statSync(path);
  if (!stats.isDirectory()) return stats.mtimeMs;
  if (path.endsWith('embedded')) return 0;
  const children = readdirSync(path, { withFileTypes: true });
  return children.reduce(
    (newest, child) => Math.max(newest, newestChange(join(path, child.name))),
    stats.mtimeMs,
  );
}

function isFresh(types) {
  const stamp = stampOf(types);
  if (!existsSync(stamp)) return types ? false : isFresh(true);
  const built = statSync(stamp).mtimeMs;
  return SOURCES.every((source) => newestChange(join(root, source)) <= built) || (!types && isFresh(true));
}

/**
 * @param {{ types?: boolean, force?: boolean }} options without types the build takes a quarter of the time
 * @returns true when something was built
 */
export function build({ types = false, force = false } = {}) {
  if (!force && isFresh(types)) return false;
  rmSync(join(root, 'dist'), { recursive: true, force: true });
  const result = spawnSync(
    process.execPath,
    [
      join(root, 'node_modules/tsup/dist/cli-default.js'),
      '--config',
      'infra/tooling/tsup.config.ts',
      '--silent',
    ],
    {
      cwd: root,
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, COLLOQUY_SKIP_TYPES: types ? '0' : '1' },
    },
  );
  if (result.status !== 0) throw new Error('The build failed; see above.');
  writeSdkPackage(root);
  writeFileSync(stampOf(types), '');
  return true;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) build({ types: true, force: true });
