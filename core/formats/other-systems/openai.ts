import type { TranscriptResult, Utterance } from '../../result/result.ts';
import { joinSentences } from '../../text/join-words.ts';
import { writtenWordsOf } from '../../transcript/written-words.ts';
import { speakerNamer, type RenderOptions } from '../render-options.ts';

/**
 * Answers of OpenAI's transcription endpoint.
 *
 * @see https://platform.openai.com/docs/api-reference/audio
 */

/** `response_format=json`: the text alone. */
export function renderOpenaiJson(result: TranscriptResult, _options: RenderOptions = {}): string {
  return stringify({ text: textOf(result) });
}

/**
 * `response_format=verbose_json`: segments and words with times. Of a segment's figures only those that are known are
 * there: `avg_logprob` where words have a confidence; `compression_ratio` and `no_speech_prob` belong to Whisper.
 */
export function renderOpenaiVerboseJson(result: TranscriptResult, _options: RenderOptions = {}): string {
  return stringify({
    task: 'transcribe',
    language: languageNameOf(result.language),
    duration: result.durationSeconds,
    text: textOf(result),
    words: writtenWordsOf(result).map((word) => ({
      word: word.text,
      start: word.startSeconds,
      end: word.endSeconds,
    })),
    segments: result.utterances.map((utterance, id) => ({
      id,
      seek: 0,
      start: utterance.startSeconds,
      end: utterance.endSeconds,
      text: utterance.text,
      tokens: [],
      temperature: 0,
      ...averageLogProbability(utterance),
    })),
  });
}

/** `response_format=diarized_json`: segments with speakers. */
export function renderOpenaiDiarizedJson(result: TranscriptResult, _options: RenderOptions = {}): string {
  const nameOf = speakerNamer(result);
  return stringify({
    task: 'transcribe',
    duration: result.durationSeconds,
    text: result.utterances.map((utterance) => `${nameOf(utterance.speaker)}: ${utterance.text}`).join('\n'),
    segments: result.utterances.map((utterance, index) => ({
      type: 'transcript.text.segment',
      id: `seg_${String(index + 1).padStart(3, '0')}`,
      start: utterance.startSeconds,
      end: utterance.endSeconds,
      text: utterance.text,
      speaker: nameOf(utterance.speaker),
    })),
  });
}

function textOf(result: TranscriptResult): string {
  return joinSentences(result.utterances.map((utterance) => utterance.text));
}

/** OpenAI writes the name of the language in English and lower case. */
export function languageNameOf(code: string | null): string {
  if (code === null) return '';
  try {
    return new Intl.DisplayNames(['en'], { type: 'language' }).of(code)?.toLowerCase() ?? code;
  } catch {
    return code; // no language code
  }
}

/** The code of a language that is written as OpenAI writes it, in any case: `english` is `en`. */
export function languageOfName(name: string): string | undefined {
  codesByName ??= codesOfNames();
  return codesByName.get(name.trim().toLowerCase());
}

let codesByName: ReadonlyMap<string, string> | undefined;

/** Two letters are every language that has a code of ISO 639-1; withdrawn codes are others written anew. */
function codesOfNames(): ReadonlyMap<string, string> {
  const letters = Array.from({ length: 26 }, (_, index) => String.fromCharCode(97 + index));
  const codes = letters.flatMap((first) => letters.map((second) => first + second));
  const current = codes.filter((code) => Intl.getCanonicalLocales(code)[0] === code);
  return new Map(current.map((code) => [languageNameOf(code), code]));
}

/** Mean of the words' log confidences, as a segment's mean over tokens. */
function averageLogProbability({ words }: Utterance): { avg_logprob?: number } {
  const confidences = words.flatMap((word) => (word.confidence === undefined ? [] : [word.confidence]));
  if (confidences.length === 0 || confidences.some((confidence) => confidence <= 0)) return {};
  const sum = confidences.reduce((total, confidence) => total + Math.log(confidence), 0);
  return { avg_logprob: sum / confidences.length };
}

function stringify(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
