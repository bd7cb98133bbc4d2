import { describe, expect, it } from 'vitest';
import { alignCharacters, spansOf } from '../../../../core/transcription/forced-alignment/trellis.ts';
import { expectArrayClose } from '../../../support/close-to.ts';
import { readNpy } from '../../../support/npy.ts';
import { goldenJson, goldenPath } from '../../../support/recogniser-goldens.ts';

type TrellisCase = {
  readonly name: string;
  readonly emission: string;
  readonly tokens: readonly number[];
  readonly wildcard: number | null;
  readonly blank: number;
  readonly whisperx: {
    readonly path: readonly (readonly [number, number, number])[] | null;
    readonly chars?: readonly { start: number; end: number; score: number }[];
  };
};

const SCORES = 1e-4;
const { cases } = goldenJson('ctc-align/forced-align.json') as { readonly cases: readonly TrellisCase[] };

/** As the reference's caller appends it. */
function emissionOf({ emission, wildcard, blank }: TrellisCase) {
  const { data, shape } = readNpy(goldenPath(`ctc-align/${emission}`)!);
  const [rows, columns] = shape as [number, number];
  const values = data as Float32Array;
  if (wildcard === null) return { data: values, rows, columns };
  const extended = new Float32Array(rows * (columns + 1));
  for (let row = 0; row < rows; row++) {
    const frame = values.subarray(row * columns, (row + 1) * columns);
    extended.set(frame, row * (columns + 1));
    extended[row * (columns + 1) + wildcard] = Math.max(...frame.filter((_, label) => label !== blank));
  }
  return { data: extended, rows, columns: columns + 1 };
}

describe('alignTokens', () => {
  it.each(cases)('takes the path of WhisperX: $name', (golden) => {
    const path = alignCharacters(emissionOf(golden), golden.tokens, golden.blank);
    const expected = golden.whisperx.path ?? undefined;
    expect(path?.map(({ token, frame }) => [token, frame])).toEqual(
      expected?.map(([token, frame]) => [token, frame]),
    );
    if (path === undefined || expected === undefined) return;
    const probabilities = path.map(({ probability }) => probability);
    const wanted = expected.map(([, , probability]) => probability);
    expectArrayClose(probabilities, wanted, { maxAbs: SCORES }, 'probabilities');
    const spans = spansOf(path);
    const characters = golden.whisperx.chars!;
    expect(spans.map(({ startFrame, endFrame }) => [startFrame, endFrame])).toEqual(
      characters.map(({ start, end }) => [start, end]),
    );
    const scores = spans.map(({ score }) => score);
    expectArrayClose(
      scores,
      characters.map(({ score }) => score),
      { maxAbs: SCORES },
      'scores',
    );
  });

  it('finds no way for more tokens than frames', () => {
    const emission = { data: new Float32Array(6).fill(-1), rows: 2, columns: 3 };
    expect(alignCharacters(emission, [1, 2, 1], 0)).toBeUndefined();
  });
});
