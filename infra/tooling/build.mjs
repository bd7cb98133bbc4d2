/**
 * Builds `dist/`. Tests build the code when a source is newer than the last build, and those that look at declarations
 * add them (`--add-types`); `npm run build` builds both in any case.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { writeSdkPackage } from './sdk-package.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const SOURCES = ['core', 'handlers', 'models', 'sdk', 'web', 'infra/tooling', 'package.json'];

const PAGE_BUILD = pathToFileURL(join(root, 'infra/tooling/build-page.mjs')).href;

/** What a build makes; each leaves a stamp beside what it made. */
const CODE = 'code';
const TYPES = 'types';
const stampOf = (part) => join(root, 'dist', `.built-${part}`);

const LOCK = join(root, 'dist', '.adding-types');
const LOCK_POLL_MS = 200;

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

function isFresh(part) {
  const stamp = stampOf(part);
  if (!existsSync(stamp)) return false;
  const built = statSync(stamp).mtimeMs;
  return SOURCES.every((source) => newestChange(join(root, source)) <= built);
}

/** Where the compiler writes the declarations of single sources, which tsup puts together. */
const DECLARATIONS = join(root, 'dist/.declarations');

function run(program, args, env = {}) {
  const result = spawnSync(process.execPath, [join(root, 'node_modules', program), ...args], {
    cwd: root,
    // The compiler says on stdout what is wrong.
    stdio: ['ignore', 2, 'inherit'],
    env: { ...process.env, ...env },
  });
  if (result.status !== 0) throw new Error('The build failed; see above.');
}

function bundle(parts) {
  if (parts.includes(TYPES)) run('typescript/bin/tsc', ['-p', 'infra/tooling/tsconfig.declarations.json']);
  run('tsup/dist/cli-default.js', ['--config', 'infra/tooling/tsup.config.ts', '--silent'], {
    COLLOQUY_BUILD: parts.join(),
  });
  rmSync(DECLARATIONS, { recursive: true, force: true });
  // A process of its own: whoever builds here waits for it, as for the rest.
  const page = spawnSync(
    process.execPath,
    [
      '--input-type=module',
      '-e',
      `import { buildPage } from ${JSON.stringify(PAGE_BUILD)}; await buildPage(${JSON.stringify(root)});`,
    ],
    { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] },
  );
  if (page.status !== 0) throw new Error('The build of the page failed; see above.');
  writeSdkPackage(root);
  for (const part of parts) writeFileSync(stampOf(part), '');
}

/**
 * Builds the code, where a source is newer; it takes a third of the time of declarations.
 *
 * @returns true when something was built
 */
export function build() {
  if (isFresh(CODE)) return false;
  rmSync(join(root, 'dist'), { recursive: true, force: true });
  bundle([CODE]);
  return true;
}

/** Adds declarations to a build, where a source is newer than those that there are; one process at a time. */
function addTypes() {
  while (!lock()) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, LOCK_POLL_MS);
  try {
    if (!isFresh(TYPES)) bundle([TYPES]);
  } finally {
    rmSync(LOCK, { force: true });
  }
}

/** False while somebody else adds them. */
function lock() {
  try {
    writeFileSync(LOCK, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    if (!isAtWork(LOCK)) rmSync(LOCK, { force: true });
    return false;
  }
}

/** Whether the process that wrote its number there is alive; one that is writing it just now is. */
function isAtWork(path) {
  try {
    const pid = Number(readFileSync(path, 'utf8'));
    if (pid > 0) process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code !== 'ESRCH';
  }
}

function buildAll() {
  rmSync(join(root, 'dist'), { recursive: true, force: true });
  bundle([CODE, TYPES]);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  if (process.argv.includes('--add-types')) addTypes();
  else buildAll();
}
