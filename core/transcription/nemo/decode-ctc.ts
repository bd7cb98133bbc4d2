import { indexOfLargest } from '../../math/extremes.ts';
import type { NemoTokens } from './decoded-tokens.ts';

/**
 * Greedy CTC: the likeliest label of each frame, repeats merged, blanks left out.
 *
 * @param logProbs of one row, [frames, labels]; natural logs
 * @param frameCount frames that count; those behind are padding
 * @see onnx-asr `_AsrWithCtcDecoding`
 */
export function decodeCtc(
  logProbs: Float32Array,
  labelCount: number,
  frameCount: number,
  blank: number,
): NemoTokens {
  const runs: { token: number; frame: number; endFrame: number; logProb: number }[] = [];
  let previous = blank;
  for (let frame = 0; frame < frameCount; frame++) {
    const offset = frame * labelCount;
    const token = indexOfLargest(logProbs, offset, offset + labelCount);
    const logProb = logProbs[offset + token]!;
    if (token !== blank && token === previous) {
      const run = runs.at(-1)!;
      run.endFrame = frame + 1;
      run.logProb += logProb;
    } else if (token !== blank) {
      runs.push({ token, frame, endFrame: frame + 1, logProb });
    }
    previous = token;
  }
  return {
    tokens: runs.map(({ token }) => token),
    frames: runs.map(({ frame }) => frame),
    endFrames: runs.map(({ endFrame }) => endFrame),
    logProbs: runs.map(({ logProb }) => logProb),
    frameCounts: runs.map(({ frame, endFrame }) => endFrame - frame),
  };
}
