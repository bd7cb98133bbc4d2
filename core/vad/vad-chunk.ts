/** Samples at 16 kHz that get one speech probability: 32 ms. */
export const VAD_CHUNK_SAMPLES = 512;
