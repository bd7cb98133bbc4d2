/** Files of a model that are no graph: vocabularies, configurations, weights of a front end. */
import { readFile } from 'node:fs/promises';
import { ModelError } from '../errors.ts';

/**
 * The bytes of a file of a model.
 *
 * @param what names the file in the message
 * @throws ModelError `model_missing`
 */
export async function readModelFile(path: string, id: string, what: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (cause) {
    throw new ModelError(
      'model_missing',
      `${what} cannot be read; colloquy models verify ${id} tells more.`,
      { details: { model: id }, cause },
    );
  }
}

/** The same as UTF-8. */
export async function readModelText(path: string, id: string, what: string): Promise<string> {
  return (await readModelFile(path, id, what)).toString('utf8');
}
