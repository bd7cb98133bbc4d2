import { createRequire } from 'node:module';
import { dirname } from 'node:path';

/**
 * The folder of an npm package that carries a model, as `npm install colloquy colloquy-whisper-base` puts it beside
 * this one.
 *
 * @param from where to look from, upwards: a file as path or URL
 * @returns undefined where it is not installed
 */
export function findNpmPackage(name: string, from: string = import.meta.url): string | undefined {
  try {
    return dirname(createRequire(from).resolve(`${name}/package.json`));
  } catch {
    return undefined;
  }
}
