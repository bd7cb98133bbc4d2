import { basename } from 'node:path';
import { STANDARD_INPUT_NAME } from './standard-input.ts';

/** What messages call an input. */
export function nameOf(input: string): string {
  return input === '-' ? STANDARD_INPUT_NAME : basename(input);
}
