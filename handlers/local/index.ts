/**
 * Colloquy on this machine: every task as one call, with the options, results and errors of the client.
 *
 * @module
 */
export { openColloquy, type OpenColloquyOptions } from './open-colloquy.ts';
export {
  diarizationSetup,
  ENGLISH_RECOGNISER,
  MULTILINGUAL_RECOGNISER,
  openStore,
  transcriptionSetup,
} from '../setup/composition.ts';
export type {
  EnrolledSample,
  EnrollCallOptions,
  EnrollResult,
  LocalColloquy,
  LocalVoices,
  ObservedPart,
  ObservePartOptions,
  ResolveCallOptions,
} from './local-colloquy.ts';
