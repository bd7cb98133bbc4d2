import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { normaliseBasic } from '../../../core/metrics/text/text-normaliser-basic.ts';
import { wordError } from '../../../core/metrics/words/word-error.ts';
import type { TranscriptionModels } from '../../../core/transcription/transcription-models.ts';
import type { Turn } from '../../../core/timeline/turns.ts';
import { openEmbeddedTranscription, transcribeFile } from '../../support/embedded-transcription.ts';
import { sharedPath } from '../../support/shared.ts';
import { scoreLibrary } from '../../support/spoken-library.ts';
import { placeWords } from '../../support/word-placement.ts';

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

describe.skipIf(sharedPath('data', 'conversations') === undefined)('words of conversations', () => {
  it.each(CONVERSATIONS)(
    'lie inside their own utterance and have the right speaker in %s',
    { timeout: 600_000 },
    async (name) => {
      const { result } = await transcribeFile(sharedPath('data', 'conversations', `${name}.flac`)!, models);
      const path = sharedPath('data', 'conversations', `${name}.utterances.json`)!;
      const utterances = JSON.parse(readFileSync(path, 'utf8')) as readonly Turn[];
      const { alone, wrong } = placeWords(result.words, utterances);
      const share = 1 - wrong.length / alone.length;
      const places = wrong.map(({ startSeconds, speaker }) => `${startSeconds.toFixed(2)} s ${speaker}`);
      expect(alone.length).toBeGreaterThan(150);
      expect(share, places.join(', ')).toBeGreaterThanOrEqual(MIN_RIGHT_SHARE);
    },
  );
});

describe.skipIf(sharedPath('data', 'spoken') === undefined)('words and speakers of a conversation', () => {
  it('are right in library.wav, from audio', { timeout: 300_000 }, async () => {
    const { result } = await transcribeFile(sharedPath('data', 'spoken', 'library.wav')!, models);
    const { cpWordErrorRate, diarizationErrorRate } = scoreLibrary(result);
    expect(cpWordErrorRate).toBeLessThanOrEqual(0.09);
    expect(diarizationErrorRate).toBeLessThanOrEqual(0.02);
  });
});
