/** Schemas of the contract's results, for tests that parse what commands and workers give. */
export {
  compareResultSchema,
  embedResultSchema,
  identifyResultSchema,
  verifyResultSchema,
} from '../../sdk/contract/results/speaker-results.ts';
export { detectSpeechResultSchema, loudnessResultSchema } from '../../sdk/contract/results/signal-results.ts';
