import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const root = join(import.meta.dirname, '../..');

/** Adds the declarations of today's sources to `dist/`, for tests of what is published. */
export async function buildDeclarations(): Promise<void> {
  await promisify(execFile)(process.execPath, ['infra/tooling/build.mjs', '--add-types'], { cwd: root });
}
