import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { normaliseBasic } from '../../../core/metrics/text-normaliser-basic.ts';
import { wordError } from '../../../core/metrics/word-error.ts';
import type { Word } from '../../../core/transcript/result.ts';
import { sharedSeconds } from '../../../core/transcript/attribute-speakers.ts';
import type { TranscriptionModels } from '../../../core/transcription/transcription-models.ts';
import type { Turn } from '../../../core/timeline/turns.ts';
import { openEmbeddedTranscription, transcribeFile } from '../../support/embedded-transcription.ts';
import { sharedPath } from '../../support/shared.ts';

let models: TranscriptionModels;

beforeAll(async () => {
  models = await openEmbeddedTranscription();
});

afterAll(() => models.release());

const READINGS = [
  { file: 'two-cities.wav', text: 'two-cities.txt', mostErrors: 0.05 },
  { file: 'jfk.flac', text: 'jfk.txt', mostErrors: 0.05 },
] as const;

describe.skipIf(sharedPath('data', 'speech') === undefined)('words of readings', () => {
  it.each(READINGS)(
    'has few errors in $file and no word after the end of speech',
    { timeout: 300_000 },
    async (reading) => {
      const { file, text, mostErrors } = reading;
      const { result } = await transcribeFile(sharedPath('data', 'speech', file)!, models);
      const reference = normaliseBasic(readFileSync(sharedPath('data', 'speech', text)!, 'utf8'));
      const spoken = normaliseBasic(result.utterances.map((utterance) => utterance.text).join(' '));
      const { errorRate } = wordError(reference, spoken);
      expect(errorRate).toBeLessThanOrEqual(mostErrors);
      expect(spoken.split(' ').at(-1)).toBe(reference.split(' ').at(-1));
    },
  );
});

const CONVERSATIONS = ['two-speakers', 'three-speakers-overlap', 'five-speakers'] as const;
const MIN_RIGHT_SHARE = 0.97;
const BORDER_SECONDS = 0.25;

describe.skipIf(sharedPath('data', 'conversations') === undefined)('words of conversations', () => {
  it.each(CONVERSATIONS)(
    'lie inside their own utterance and have the right speaker in %s',
    { timeout: 600_000 },
    async (name) => {
      const { result } = await transcribeFile(sharedPath('data', 'conversations', `${name}.flac`)!, models);
      const path = sharedPath('data', 'conversations', `${name}.utterances.json`)!;
      const utterances = JSON.parse(readFileSync(path, 'utf8')) as readonly Turn[];
      const names = speakerNames(result.words, utterances);
      const alone = result.words.filter((word) => speakersDuring(word, utterances) <= 1);
      const wrong = alone.filter((word) => !isRight(word, utterances, names));
      const share = 1 - wrong.length / alone.length;
      const places = wrong.map(({ startSeconds, speaker }) => `${startSeconds.toFixed(2)} s ${speaker}`);
      expect(alone.length).toBeGreaterThan(150);
      expect(share, places.join(', ')).toBeGreaterThanOrEqual(MIN_RIGHT_SHARE);
    },
  );
});

function speakersDuring(word: Word, utterances: readonly Turn[]): number {
  const during = utterances.filter((utterance) => sharedSeconds(utterance, word) > 0);
  return new Set(during.map(({ speaker }) => speaker)).size;
}

function isRight(word: Word, utterances: readonly Turn[], names: ReadonlyMap<string, string>): boolean {
  const own = utterances.reduce((best, candidate) =>
    sharedSeconds(candidate, word) > sharedSeconds(best, word) ? candidate : best,
  );
  return (
    word.startSeconds >= own.startSeconds - BORDER_SECONDS &&
    word.endSeconds <= own.endSeconds + BORDER_SECONDS &&
    names.get(word.speaker ?? '') === own.speaker
  );
}

/** Each label's real speaker: the one whose utterances share most time with its words; two labels may not share one. */
function speakerNames(words: readonly Word[], utterances: readonly Turn[]): Map<string, string> {
  const shares = new Map<string, number>();
  for (const word of words) {
    for (const { speaker, ...span } of utterances) {
      const key = JSON.stringify([word.speaker, speaker]);
      shares.set(key, (shares.get(key) ?? 0) + Math.max(0, sharedSeconds(span, word)));
    }
  }
  const names = new Map<string, string>();
  for (const [key] of [...shares].sort((a, b) => b[1] - a[1])) {
    const [label, speaker] = JSON.parse(key) as [string | null, string];
    if (label === null || names.has(label) || [...names.values()].includes(speaker)) continue;
    names.set(label, speaker);
  }
  return names;
}
