/**
 * Other languages than English: the language that is found, and the characters that are wrong, through the engine with the
 * defaults. Synthetic voices: espeak-ng, which must be installed, and the recordings of golden/whisper-base.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { openAudio } from '../../core/audio/decode.ts';
import type { Engine } from '../../core/engine/engine.ts';
import { openOnnxSession } from '../../core/inference/onnx-session.ts';
import { savedGraphPath } from '../../core/inference/saved-graphs.ts';
import type { SessionOpener } from '../../core/inference/session.ts';
import { normaliseBasic } from '../../core/metrics/text/text-normaliser-basic.ts';
import { characterError } from '../../core/metrics/words/word-error.ts';
import { listenForLanguage } from '../../core/transcription/language/listen-for-language.ts';
import { openLanguageFinder } from '../../core/transcription/recogniser-families.ts';
import { DEFAULT_TRANSCRIPTION_OPTIONS } from '../../core/transcription/transcribe.ts';
import { openSilero } from '../../core/vad/open-silero.ts';
import { sharedFolder } from '../../test/support/shared.ts';
import { benchTranscription, startBenchEngine } from '../support/engine.ts';
import { scratch, wavOf } from '../support/recordings.ts';
import { type Benchmark, percent, type Row } from '../support/row.ts';
import { SPOKEN_TEXTS } from '../support/spoken-texts.ts';

type Spoken = {
  readonly what: string;
  readonly language: string;
  readonly path: string;
  readonly text: string;
};

const GOLDEN = join(sharedFolder, 'data/golden/whisper-base/audio');
const SAMPLE = join(import.meta.dirname, '../samples/tagesordnung-de');
/** Words a minute, as the golden recordings were made. */
const PACE = '145';

function golden(): Spoken[] {
  const names = existsSync(GOLDEN) ? readdirSync(GOLDEN).filter((name) => name.endsWith('.flac')) : [];
  return names.map((name) => {
    const path = join(GOLDEN, name);
    const text = readFileSync(path.replace(/\.flac$/, '.txt'), 'utf8');
    return { what: `golden/whisper-base ${name}`, language: name.slice(0, 2), path, text };
  });
}

function synthesised(): Spoken[] {
  return Object.entries(SPOKEN_TEXTS).map(([language, text]) => {
    const path = join(scratch, `spoken-${language}.wav`);
    if (!existsSync(path)) execFileSync('espeak-ng', ['-v', language, '-s', PACE, '-w', path, text]);
    return { what: `espeak-ng -v ${language}`, language, path, text };
  });
}

async function rowOf(engine: Engine, { what, language, path, text }: Spoken): Promise<Row> {
  const result = await engine.run('transcribe', {
    ...(await benchTranscription()),
    options: { ...DEFAULT_TRANSCRIPTION_OPTIONS, diarize: false },
    channels: 'mix',
    audio: { path },
  });
  const spoken = result.utterances.map((utterance) => utterance.text).join(' ');
  const { errorRate } = characterError(normaliseBasic(text), normaliseBasic(spoken));
  return {
    what: `${what}: language found; CER`,
    target: language,
    measured: `${result.language ?? 'none'}; ${percent(errorRate, 1)}`,
    met: result.language === language,
  };
}

/**
 * What a recording pays for being asked its language: what it needs is opened, and half a minute of speech listened to.
 *
 * @param keep folder for graphs as the runtime made them ready
 */
async function findingRow(what: string, keep: string): Promise<Row> {
  const { vad, multilingual } = await benchTranscription();
  const open: SessionOpener = (model, graph) =>
    openOnnxSession(model, {
      provider: 'cpu',
      graph,
      savedGraph: savedGraphPath(keep, model, { form: graph?.form, provider: 'cpu' }),
    });
  const before = process.cpuUsage();
  const silero = await openSilero(vad);
  const audio = await openAudio({ path: wavOf('library') });
  const { sound } = await listenForLanguage(silero, audio.blocks, undefined, undefined);
  const finder = await openLanguageFinder(multilingual!, open);
  const opened = process.cpuUsage(before);
  const { language, probability } = await finder.findLanguage(sound);
  const { user, system } = process.cpuUsage(before);
  await Promise.all([finder.release(), silero.release(), audio.close()]);
  const seconds = (user + system) / 1e6;
  const opening = (opened.user + opened.system) / 1e6;
  return {
    what: `library: finding the language, processor time, ${what}`,
    target: '≤ 1 s',
    measured: `${seconds.toFixed(2)} s, of them ${opening.toFixed(2)} s until it is open (${language}, ${probability.toFixed(2)})`,
    met: seconds <= 1,
  };
}

async function findingRows(): Promise<Row[]> {
  const folder = mkdtempSync(join(scratch, 'graphs-'));
  try {
    return [
      await findingRow('the first time on a machine', folder),
      await findingRow('from then on: graphs are kept from an earlier start', folder),
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measure(): Promise<Row[]> {
  const engine = await startBenchEngine();
  try {
    const sample: Spoken = {
      what: 'samples/tagesordnung-de.wav',
      language: 'de',
      path: `${SAMPLE}.wav`,
      text: readFileSync(`${SAMPLE}.txt`, 'utf8'),
    };
    const rows: Row[] = await findingRows();
    for (const spoken of [sample, ...golden(), ...synthesised()]) rows.push(await rowOf(engine, spoken));
    return rows;
  } finally {
    await engine.close();
  }
}

export const languages: Benchmark = { name: 'languages', measure };
