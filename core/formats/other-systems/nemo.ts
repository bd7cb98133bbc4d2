import { roundHalfEven } from '../../timeline/sliding-window.ts';
import type { TranscriptResult } from '../../result/result.ts';
import { joinSentences } from '../../text/join-words.ts';
import { writtenWordsOf } from '../../transcript/written-words.ts';
import { formatFixed } from '../writing/fixed-decimal.ts';
import { recordingIdOf, speakerNamer, type RenderOptions } from '../render-options.ts';
import { singleLine } from '../writing/single-line.ts';
import { nemoSessionJson, nemoSessionText } from './nemo-compatible.ts';

/** Session JSON of NeMo's offline diarization with recognition: words and sentences, times to hundredths. */
export function renderNemoJson(result: TranscriptResult, options: RenderOptions = {}): string {
  if (options.compatible) return nemoSessionJson(result, recordingIdOf(options));
  const nameOf = speakerNamer(result);
  const session = {
    status: 'success',
    session_id: recordingIdOf(options),
    transcription: joinSentences(result.utterances.map((utterance) => utterance.text)),
    speaker_count: new Set(result.utterances.map((utterance) => nameOf(utterance.speaker))).size,
    words: writtenWordsOf(result).map((word) => ({
      word: word.text,
      start_time: hundredths(word.startSeconds),
      end_time: hundredths(word.endSeconds),
      speaker: nameOf(word.speaker),
    })),
    sentences: result.utterances.map((utterance) => ({
      speaker: nameOf(utterance.speaker),
      start_time: hundredths(utterance.startSeconds),
      end_time: hundredths(utterance.endSeconds),
      text: utterance.text,
    })),
  };
  return `${JSON.stringify(session, null, 4)}\n`;
}

/** NeMo's text: `[MM:SS.ff - MM:SS.ff] speaker: text`, hours where the utterance starts after the first one. */
export function renderNemoText(result: TranscriptResult, options: RenderOptions = {}): string {
  if (options.compatible) return nemoSessionText(result);
  const nameOf = speakerNamer(result);
  return result.utterances
    .map(({ startSeconds, endSeconds, speaker, text }) => {
      const hours = startSeconds > 3600;
      const times = `[${clock(startSeconds, hours)} - ${clock(endSeconds, hours)}]`;
      return `${times} ${singleLine(nameOf(speaker))}: ${singleLine(text)}\n`;
    })
    .join('');
}

/** Python's `round(value, 2)`. */
function hundredths(seconds: number): number {
  return Number(formatFixed(seconds, 2));
}

function clock(seconds: number, hours: boolean): string {
  const total = roundHalfEven(Math.max(0, seconds) * 100);
  const minutes = Math.floor(total / 6000);
  const fields = hours ? [Math.floor(minutes / 60), minutes % 60] : [minutes];
  const head = fields.map((field) => String(field).padStart(2, '0')).join(':');
  return `${head}:${formatFixed((total % 6000) / 100, 2).padStart(5, '0')}`;
}
