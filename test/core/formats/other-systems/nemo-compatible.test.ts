import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { renderResult } from '../../../../core/formats/index.ts';
import { attributeByAnchor, type WordAnchor } from '../../../../core/transcript/attribute-by-anchor.ts';
import { resultFromUtterances } from '../../../../core/transcript/result-from-segments.ts';
import type { TranscriptResult, Word } from '../../../../core/result/result.ts';
import type { Turn } from '../../../../core/timeline/turns.ts';
import { nemoCases } from '../../../support/nemo-goldens.ts';

type GoldenWords = {
  readonly input: {
    readonly name: string;
    readonly turns: readonly string[];
    readonly words: readonly (readonly [string, number, number])[];
    readonly anchor: 'start' | 'mid' | 'end';
    readonly offset: number;
    readonly options?: Readonly<Record<string, unknown>>;
    readonly fix_word_ts_with_VAD?: boolean;
  };
  readonly output: {
    readonly words: readonly (readonly [string, number, number, string])[];
    readonly files: Readonly<Record<string, string>>;
  };
};

const ANCHORS: Record<GoldenWords['input']['anchor'], WordAnchor> = {
  start: 'start',
  mid: 'middle',
  end: 'end',
};
/** NeMo moves the ends of these words first; what comes after is compared with those ends. */
const REPAIRED = ['vad fix', 'fix without vad'];

const turnOf = (text: string): Turn => {
  const [start, end, speaker] = text.split(' ') as [string, string, string];
  return { startSeconds: Number(start), endSeconds: Number(end), speaker };
};

function sessionOf({ input, output }: GoldenWords): TranscriptResult {
  const turns = input.turns.map(turnOf);
  const source = REPAIRED.includes(input.name) ? output.words : input.words;
  const segments = source.map(([text, startSeconds, endSeconds]) => ({ text, startSeconds, endSeconds }));
  const speakers = attributeByAnchor(segments, turns, {
    anchor: ANCHORS[input.anchor],
    offsetSeconds: input.offset,
    compatible: true,
  });
  const utterances = segments.map((segment, index) => {
    const word: Word = { ...segment, speaker: speakers[index]! };
    return { ...word, words: [word] };
  });
  return { ...resultFromUtterances(utterances), turns };
}

describe('sessions of NeMo 2.7.3, fault for fault', () => {
  const { TZ } = process.env;
  // The clock of the text is local time; the recorded one was that of Greenwich.
  beforeAll(() => {
    process.env.TZ = 'UTC';
  });
  afterAll(() => {
    if (TZ === undefined) delete process.env.TZ;
    else process.env.TZ = TZ;
  });

  for (const golden of nemoCases('words') as readonly GoldenWords[]) {
    const { input, output } = golden;
    it(input.name, async () => {
      const session = sessionOf(golden);
      const options = { recordingId: 'session', compatible: true };
      expect(session.words.map(({ speaker }) => speaker)).toEqual(output.words.map((word) => word[3]));
      const expected = output.files['session.json']! // Words that were given whole seconds, and turns that were given three digits, keep them there.
        .replace(/(_time": )(\d+)(,?\n)/g, '$1$2.0$3')
        .replace(/"(\d+)\.(\d)00"/, '"$1.$2"');
      expect(await renderResult(session, 'nemo-json', options)).toBe(expected);
      if (input.options !== undefined) return;
      expect(await renderResult(session, 'nemo-text', options)).toBe(output.files['session.txt']);
    });
  }

  it('mended, words after a silence are not behind', () => {
    const lagging = (nemoCases('words') as readonly GoldenWords[]).find(
      ({ input }) => input.name === 'pointer lags',
    )!;
    const words = lagging.input.words.map(([, startSeconds, endSeconds]) => ({ startSeconds, endSeconds }));
    const turns = lagging.input.turns.map(turnOf);
    const ofMoment = words.map(
      (word) => turns.find(({ endSeconds }) => word.startSeconds <= endSeconds)?.speaker,
    );
    expect(attributeByAnchor(words, turns)).toEqual(
      ofMoment.map((speaker) => speaker ?? turns.at(-1)!.speaker),
    );
    expect(attributeByAnchor(words, turns, { compatible: true })).not.toEqual(
      attributeByAnchor(words, turns),
    );
  });

  it('mended, text has no colours and the right hour', async () => {
    const hour = (nemoCases('words') as readonly GoldenWords[]).find(({ input }) => input.name === 'hour')!;
    const text = (await renderResult(sessionOf(hour), 'nemo-text')) as string;
    expect(text).not.toContain('\u001b');
    expect(text).toMatch(/^\[01:00:01\.24 - 01:00:01\.5\d\] speaker_0: long\n/);
  });
});
