/** Errors of the embedded recogniser with speakers, from audio, through the engine. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Engine } from '../../core/engine/engine.ts';
import { normaliseBasic } from '../../core/metrics/text/text-normaliser-basic.ts';
import { wordError } from '../../core/metrics/words/word-error.ts';
import type { Turn } from '../../core/timeline/turns.ts';
import type { TranscriptResult } from '../../core/result/result.ts';
import { DEFAULT_TRANSCRIPTION_OPTIONS } from '../../core/transcription/transcribe.ts';
import { sharedFolder } from '../../test/support/shared.ts';
import { scoreLibrary } from '../../test/support/spoken-library.ts';
import { placeWords } from '../../test/support/word-placement.ts';
import { MULTILINGUAL_RECOGNISER, type TranscriptionChoice } from '../../handlers/setup/composition.ts';
import { benchTranscription, startBenchEngine } from '../support/engine.ts';
import { CONVERSATIONS, recordingPath } from '../support/recordings.ts';
import { type Benchmark, percent, type Row } from '../support/row.ts';

/** English by its own recogniser, or by the multilingual one. */
type Way = { readonly what: string; readonly choice: TranscriptionChoice; readonly target: number };
const DEFAULT: Way = { what: '', choice: {}, target: 0.05 };
const WHISPER: Way = {
  what: ' with Whisper base',
  choice: { model: MULTILINGUAL_RECOGNISER, language: 'en' },
  target: 0.02,
};

async function transcriptOf(
  engine: Engine,
  name: string,
  { choice }: Way = DEFAULT,
): Promise<TranscriptResult> {
  const { language = null } = choice;
  return engine.run('transcribe', {
    ...(await benchTranscription(choice)),
    options: { ...DEFAULT_TRANSCRIPTION_OPTIONS, language },
    channels: 'mix',
    audio: { path: recordingPath(name) },
  });
}

async function readingRow(engine: Engine, name: string, way: Way): Promise<Row> {
  const { utterances } = await transcriptOf(engine, name, way);
  const reference = readFileSync(join(sharedFolder, 'data/speech', `${name}.txt`), 'utf8');
  const spoken = utterances.map(({ text }) => text).join(' ');
  const { errorRate, referenceLength } = wordError(normaliseBasic(reference), normaliseBasic(spoken));
  return {
    what: `${name}${way.what}: WER, basic normaliser, ${referenceLength} words`,
    target: `≤ ${percent(way.target, 0)}`,
    measured: percent(errorRate),
    met: errorRate <= way.target,
  };
}

async function conversationRow(engine: Engine, name: string): Promise<Row> {
  const { words } = await transcriptOf(engine, name);
  const path = join(sharedFolder, 'data/conversations', `${name}.utterances.json`);
  const { alone, wrong } = placeWords(words, JSON.parse(readFileSync(path, 'utf8')) as Turn[]);
  const share = 1 - wrong.length / alone.length;
  return {
    what: `${name}: words outside overlap inside their own utterance ± 0.25 s with the right speaker, of ${alone.length}`,
    target: '≥ 97 %',
    measured: percent(share),
    met: share >= 0.97,
  };
}

async function libraryRow(engine: Engine, way: Way, target: number): Promise<Row> {
  const { cpWordErrorRate, diarizationErrorRate } = scoreLibrary(await transcriptOf(engine, 'library', way));
  return {
    what: `library${way.what}, from audio to words with speakers: cpWER (English normaliser); DER`,
    target: `≤ ${percent(target, 0)}; ≤ 2 %`,
    measured: `${percent(cpWordErrorRate)}; ${percent(diarizationErrorRate)}`,
    met: cpWordErrorRate <= target && diarizationErrorRate <= 0.02,
  };
}

async function measure(): Promise<Row[]> {
  const engine = await startBenchEngine();
  try {
    const rows: Row[] = [];
    for (const name of ['two-cities', 'jfk']) rows.push(await readingRow(engine, name, DEFAULT));
    rows.push(await readingRow(engine, 'two-cities', WHISPER));
    for (const name of CONVERSATIONS) rows.push(await conversationRow(engine, name));
    rows.push(await libraryRow(engine, DEFAULT, 0.09), await libraryRow(engine, WHISPER, 0.05));
    return rows;
  } finally {
    await engine.close();
  }
}

export const transcriptionQuality: Benchmark = { name: 'words', measure };
