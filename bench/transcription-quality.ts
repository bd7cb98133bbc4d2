/** Errors of the embedded recogniser with speakers, from audio, through the engine. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Engine } from '../core/engine/engine.ts';
import { normaliseBasic } from '../core/metrics/text/text-normaliser-basic.ts';
import { wordError } from '../core/metrics/words/word-error.ts';
import type { Turn } from '../core/timeline/turns.ts';
import type { TranscriptResult } from '../core/result/result.ts';
import { DEFAULT_TRANSCRIPTION_OPTIONS } from '../core/transcription/transcribe.ts';
import { sharedFolder } from '../test/support/shared.ts';
import { scoreLibrary } from '../test/support/spoken-library.ts';
import { placeWords } from '../test/support/word-placement.ts';
import { benchTranscription, startBenchEngine } from './support/engine.ts';
import { CONVERSATIONS, recordingPath } from './support/recordings.ts';
import { type Benchmark, percent, type Row } from './support/row.ts';

async function transcriptOf(engine: Engine, name: string): Promise<TranscriptResult> {
  const setup = await benchTranscription();
  return engine.run('transcribe', {
    ...setup,
    options: DEFAULT_TRANSCRIPTION_OPTIONS,
    channels: 'mix',
    audio: { path: recordingPath(name) },
  });
}

async function readingRow(engine: Engine, name: string): Promise<Row> {
  const { utterances } = await transcriptOf(engine, name);
  const reference = readFileSync(join(sharedFolder, 'data/speech', `${name}.txt`), 'utf8');
  const spoken = utterances.map(({ text }) => text).join(' ');
  const { errorRate, referenceLength } = wordError(normaliseBasic(reference), normaliseBasic(spoken));
  return {
    what: `${name}: WER, basic normaliser, ${referenceLength} words`,
    target: '≤ 5 %',
    measured: percent(errorRate),
    met: errorRate <= 0.05,
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

async function libraryRow(engine: Engine): Promise<Row> {
  const { cpWordErrorRate, diarizationErrorRate } = scoreLibrary(await transcriptOf(engine, 'library'));
  return {
    what: 'library, from audio to words with speakers: cpWER (English normaliser); DER',
    target: '≤ 9 %; ≤ 2 %',
    measured: `${percent(cpWordErrorRate)}; ${percent(diarizationErrorRate)}`,
    met: cpWordErrorRate <= 0.09 && diarizationErrorRate <= 0.02,
  };
}

async function measure(): Promise<Row[]> {
  const engine = await startBenchEngine();
  try {
    const rows: Row[] = [];
    for (const name of ['two-cities', 'jfk']) rows.push(await readingRow(engine, name));
    for (const name of CONVERSATIONS) rows.push(await conversationRow(engine, name));
    rows.push(await libraryRow(engine));
    return rows;
  } finally {
    await engine.close();
  }
}

export const transcriptionQuality: Benchmark = { name: 'words', measure };
