/**
 * How words find their speaker: `overlap` by most of their time, smoothed over single words; `whisperx` and
 * `nemo-anchor` by the rules of WhisperX and NVIDIA NeMo, for users who compare with them.
 */
export const ATTRIBUTIONS = ['overlap', 'whisperx', 'nemo-anchor'] as const;
/** One of `ATTRIBUTIONS`. */
export type Attribution = (typeof ATTRIBUTIONS)[number];
