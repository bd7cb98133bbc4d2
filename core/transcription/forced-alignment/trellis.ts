import type { Matrix } from '../../math/matrix.ts';

/** What a frame is used for: which token of the text, and how probable what it was used as. */
export type PathStep = { readonly token: number; readonly frame: number; readonly probability: number };

/**
 * Aligns tokens with frames, as WhisperX does: each token takes one frame of its own, and blank frames after it belong
 * to it. The path ends where the last token scores best, which may be before the last frame. Equal neighbours need no
 * blank between them; torchaudio's `forced_align`, the textbook form, does ask for one and fills all frames, but
 * refuses texts that have too few frames, where this one squeezes.
 *
 * Adds up in float32, as the reference does.
 *
 * @param emission [frames, labels], natural logs of probabilities
 * @param tokens label of each character
 * @returns by frame; `undefined` where there is no way through: no tokens, or more than frames
 * @see WhisperX `alignment.get_trellis`, `backtrack`
 */
export function alignCharacters(
  emission: Matrix,
  tokens: readonly number[],
  blank: number,
): readonly PathStep[] | undefined {
  if (tokens.length === 0) return undefined;
  const trellis = fillTrellis(emission, tokens, blank);
  const width = tokens.length + 1;
  const score = (frame: number, label: number) => emission.data[frame * emission.columns + label]!;
  const steps: PathStep[] = [];
  let column = tokens.length;
  for (let row = bestRow(trellis, width, emission.rows); row > 0; row--) {
    const frame = row - 1;
    const label = tokens[column - 1]!;
    const stayed = Math.fround(trellis[frame * width + column]! + score(frame, blank));
    const moved = Math.fround(trellis[frame * width + column - 1]! + score(frame, label));
    const moves = moved > stayed;
    steps.push({ token: column - 1, frame, probability: Math.exp(score(frame, moves ? label : blank)) });
    if (!moves) continue;
    column--;
    if (column === 0) return steps.reverse();
  }
  return undefined;
}

/** Best scores after [frames, tokens]; one row and one column more than there are. */
function fillTrellis(emission: Matrix, tokens: readonly number[], blank: number): Float32Array {
  const { data, rows, columns } = emission;
  const width = tokens.length + 1;
  const trellis = new Float32Array((rows + 1) * width);
  trellis.fill(-Infinity, 1, width);
  let silence = 0;
  for (let frame = 0; frame < rows; frame++) {
    silence += data[frame * columns + blank]!;
    // As many frames as there are tokens must be left at the end.
    trellis[(frame + 1) * width] = frame + 1 > rows - tokens.length ? Infinity : silence;
  }
  if (tokens.length > rows) trellis[0] = Infinity;
  for (let frame = 0; frame < rows; frame++) {
    const offset = frame * columns;
    const before = frame * width;
    for (let column = 1; column < width; column++) {
      const stayed = Math.fround(trellis[before + column]! + data[offset + blank]!);
      const moved = Math.fround(trellis[before + column - 1]! + data[offset + tokens[column - 1]!]!);
      trellis[before + width + column] = Math.max(stayed, moved);
    }
  }
  return trellis;
}

/** The row in which all tokens score best; the first of equals. */
function bestRow(trellis: Float32Array, width: number, rows: number): number {
  let best = 0;
  for (let row = 1; row <= rows; row++) {
    if (trellis[row * width + width - 1]! > trellis[best * width + width - 1]!) best = row;
  }
  return best;
}

/** Frames [startFrame, endFrame) of one token, and the mean probability over them. */
export type TokenSpan = { readonly startFrame: number; readonly endFrame: number; readonly score: number };

/** The span of each token of a path. */
export function spansOf(path: readonly PathStep[]): TokenSpan[] {
  const spans: TokenSpan[] = [];
  for (let first = 0; first < path.length;) {
    let end = first;
    let sum = 0;
    while (end < path.length && path[end]!.token === path[first]!.token) sum += path[end++]!.probability;
    spans.push({
      startFrame: path[first]!.frame,
      endFrame: path[end - 1]!.frame + 1,
      score: sum / (end - first),
    });
    first = end;
  }
  return spans;
}
