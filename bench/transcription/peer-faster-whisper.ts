/**
 * Whisper base in 8-bit blocks against faster-whisper with the same weights in int8, one thread each: the recogniser
 * alone, by processor time, models loaded.
 *
 * The peer is Python's, with the weights that ours were made of:
 *
 *   python3 -m venv venv && venv/bin/pip install faster-whisper==1.2.1
 *   (cd models/convert/whisper && WHISPER_LAB=/tmp/whisper-lab python3 -c 'from convert import fetch; fetch()')
 *   COLLOQUY_BENCH_PYTHON=venv/bin/python COLLOQUY_BENCH_WHISPER=/tmp/whisper-lab/ct2/base npm run bench -- faster-whisper
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openAudio } from '../../core/audio/decode.ts';
import { openOnnxSession } from '../../core/inference/onnx-session.ts';
import { normaliseBasic } from '../../core/metrics/text/text-normaliser-basic.ts';
import { wordError } from '../../core/metrics/words/word-error.ts';
import { recognisePieces } from '../../core/transcription/pieces/recognise-pieces.ts';
import {
  PACKED_SPLIT_OPTIONS,
  type SpeechPiece,
  splitSpeech,
} from '../../core/transcription/pieces/split-speech.ts';
import { DEFAULT_RECOGNITION_OPTIONS, type Recogniser } from '../../core/transcription/recogniser.ts';
import { openRecogniser } from '../../core/transcription/recogniser-families.ts';
import { openSilero } from '../../core/vad/open-silero.ts';
import { benchTranscription } from '../support/engine.ts';
import { recordingPath, wavOf } from '../support/recordings.ts';
import { type Benchmark, percent, type Row } from '../support/row.ts';

const ROUNDS = Number(process.env.COLLOQUY_BENCH_ROUNDS ?? 3);
const RECORDINGS = ['two-cities', 'library'];
const LANGUAGE = 'en';
const RATIO_TARGET = 1.1;
const PYTHON = process.env.COLLOQUY_BENCH_PYTHON;
const WEIGHTS = process.env.COLLOQUY_BENCH_WHISPER;

type Writing = { readonly seconds: number; readonly text: string };

function peerWriting(wav: string): Writing {
  const script = join(import.meta.dirname, 'support/run-faster-whisper.py');
  const output = execFileSync(PYTHON!, [script, WEIGHTS!, wav, LANGUAGE, String(ROUNDS)], {
    encoding: 'utf8',
    env: { ...process.env, OMP_NUM_THREADS: '1' },
  });
  return JSON.parse(output.trim().split('\n').at(-1)!) as Writing;
}

async function piecesOf(name: string): Promise<SpeechPiece[]> {
  const vad = await openSilero((await benchTranscription()).vad);
  const { blocks } = await openAudio({ path: wavOf(name) });
  const pieces: SpeechPiece[] = [];
  for await (const piece of splitSpeech(vad, blocks, PACKED_SPLIT_OPTIONS)) pieces.push(piece);
  await vad.release();
  return pieces;
}

async function ownWriting(recogniser: Recogniser, pieces: readonly SpeechPiece[]): Promise<Writing> {
  const options = { ...DEFAULT_RECOGNITION_OPTIONS, language: LANGUAGE };
  let [best, text] = [Infinity, ''];
  for (let round = 0; round < ROUNDS; round++) {
    const before = process.cpuUsage();
    const texts: string[] = [];
    const source = (async function* () {
      for (const piece of pieces) yield await Promise.resolve(piece);
    })();
    for await (const { segments } of recognisePieces(recogniser, source, options))
      texts.push(...segments.map((segment) => segment.text));
    const { user, system } = process.cpuUsage(before);
    best = Math.min(best, (user + system) / 1e6);
    text = texts.join(' ');
  }
  return { seconds: best, text };
}

/** Nothing where no transcript lies beside the recording. */
function errorOf(name: string, text: string): string {
  try {
    const reference = readFileSync(recordingPath(name).replace(/\.\w+$/, '.txt'), 'utf8');
    return `, WER ${percent(wordError(normaliseBasic(reference), normaliseBasic(text)).errorRate)}`;
  } catch {
    return '';
  }
}

async function measure(): Promise<Row[]> {
  if (PYTHON === undefined || WEIGHTS === undefined) {
    return [
      {
        what: 'Whisper base against faster-whisper',
        target: `≤ ${RATIO_TARGET} ×`,
        measured:
          'not run: set COLLOQUY_BENCH_PYTHON and COLLOQUY_BENCH_WHISPER (bench/transcription/peer-faster-whisper.ts)',
      },
    ];
  }
  const { multilingual } = await benchTranscription();
  const recogniser = await openRecogniser(multilingual!, (model, graph) =>
    openOnnxSession(model, { provider: 'cpu', graph }),
  );
  const rows: Row[] = [];
  for (const name of RECORDINGS) {
    const own = await ownWriting(recogniser, await piecesOf(name));
    const peer = peerWriting(wavOf(name));
    const ratio = own.seconds / peer.seconds;
    rows.push({
      what: `${name}: Whisper base in 8-bit blocks against faster-whisper int8, recogniser alone, one thread, processor time`,
      target: `≤ ${RATIO_TARGET} ×`,
      measured: `${ratio.toFixed(2)} × (${own.seconds.toFixed(2)} s${errorOf(name, own.text)}; peer ${peer.seconds.toFixed(2)} s${errorOf(name, peer.text)})`,
      met: ratio <= RATIO_TARGET,
    });
  }
  await recogniser.release();
  return rows;
}

export const peerFasterWhisper: Benchmark = { name: 'faster-whisper', measure };
