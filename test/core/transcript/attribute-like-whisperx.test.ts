import { describe, expect, it } from 'vitest';
import { attributeLikeWhisperX } from '../../../core/transcript/attribute-like-whisperx.ts';
import { asrGolden } from '../../support/asr-goldens.ts';

type Timed = { readonly start?: number; readonly end?: number; readonly speaker?: string };
type GoldenCase = {
  readonly name: string;
  readonly turns: readonly Required<Timed>[];
  readonly fillNearest: boolean;
  readonly expected: readonly (Timed & { readonly words?: readonly Timed[] })[];
};

const golden = asrGolden('attribution/assign-word-speakers.json') as {
  readonly cases: readonly GoldenCase[];
};

function speakersOf(items: readonly Timed[], { turns, fillNearest }: GoldenCase): (string | undefined)[] {
  // WhisperX skips what has no start and takes the start for a missing end.
  const timed = items.filter(({ start }) => start !== undefined);
  const speakers = attributeLikeWhisperX(
    timed.map(({ start, end }) => ({ startSeconds: start!, endSeconds: end ?? start! })),
    turns.map(({ start, end, speaker }) => ({ startSeconds: start, endSeconds: end, speaker })),
    { fillNearest },
  );
  return items.map((item) => speakers[timed.indexOf(item)] ?? undefined);
}

describe('attributeLikeWhisperX', () => {
  it.each(golden.cases)('gives segments and words the speakers of WhisperX: $name', (recorded) => {
    const { expected } = recorded;
    expect(speakersOf(expected, recorded)).toEqual(expected.map(({ speaker }) => speaker));
    for (const { words = [] } of expected) {
      expect(speakersOf(words, recorded)).toEqual(words.map(({ speaker }) => speaker));
    }
  });

  it('knows nobody where there are no turns', () => {
    const word = { startSeconds: 0, endSeconds: 1 };
    expect(attributeLikeWhisperX([word], [], { fillNearest: true })).toEqual([null]);
  });
});
