import { deflateSync } from 'node:zlib';
import { formatOf, renderResult } from '../../../core/formats/index.ts';
import type { TranscriptResult, Utterance } from '../../../core/result/result.ts';
import { joinSentences } from '../../../core/text/join-words.ts';
import { sentenceParts } from '../../../core/transcript/sentence-parts.ts';
import { writtenWordsOf } from '../../../core/transcript/written-words.ts';
import { languageNameOf } from '../../../core/formats/other-systems/openai.ts';
import type { TranscriptionRequest } from './transcription-request.ts';

/** A segment ends with a sentence once it has lasted this long: subtitles are made of segments. */
const SEGMENT_SECONDS = 2;

/** What OpenAI's clients call usage: whole seconds. */
function usageOf({ durationSeconds }: TranscriptResult) {
  return { type: 'duration', seconds: Math.ceil(durationSeconds) };
}

/** The text alone, in one line. */
export function plainText(result: TranscriptResult): string {
  return joinSentences(result.utterances.map(({ text }) => text));
}

/**
 * The reply in the form that was asked for.
 *
 * @param task `translate` where the text is English whatever was said
 */
export async function transcriptionReply(
  result: TranscriptResult,
  request: Pick<TranscriptionRequest, 'format' | 'isDiarized' | 'wantsWords' | 'wantsLogprobs'>,
  task: 'transcribe' | 'translate' = 'transcribe',
): Promise<Response> {
  const { format, isDiarized, wantsWords, wantsLogprobs } = request;
  if (format === 'json') {
    return Response.json({
      text: plainText(result),
      usage: usageOf(result),
      ...(wantsLogprobs ? { logprobs: logprobsOf(result.utterances) } : {}),
      ...(result.language === null ? {} : { languages: [{ code: result.language }] }),
    });
  }
  // Clients in JavaScript parse what is called JSON, also where they asked for text.
  if (format === 'text') return text(`${plainText(result)}\n`);
  if (format === 'srt' || format === 'vtt') {
    return text((await renderResult(result, format, { subtitles: { speakerNames: isDiarized } })) as string);
  }
  if (format === 'verbose_json') {
    return Response.json({
      task,
      language: task === 'translate' ? 'english' : languageNameOf(result.language),
      duration: result.durationSeconds,
      text: plainText(result),
      segments: result.utterances
        .flatMap((utterance) => sentenceParts(utterance, SEGMENT_SECONDS))
        .map((sentence, id) => segmentOf(sentence, id, isDiarized)),
      ...(wantsWords ? { words: wordsOf(result) } : {}),
      usage: usageOf(result),
    });
  }
  if (format === 'diarized_json') return Response.json(diarized(result));
  const { mediaType } = formatOf(format);
  const rendered = await renderResult(result, format);
  const type = mediaType.startsWith('text/') ? `${mediaType}; charset=utf-8` : mediaType;
  return new Response(typeof rendered === 'string' ? rendered : new Uint8Array(rendered), {
    headers: { 'content-type': type },
  });
}

/** All ten members: clients with types require them, whether they mean something here or not. */
function segmentOf(
  { startSeconds, endSeconds, text: said, words, speaker }: Utterance,
  id: number,
  isDiarized: boolean,
) {
  const bytes = Buffer.from(said);
  const known = words.flatMap(({ confidence }) =>
    confidence === undefined || confidence <= 0 ? [] : [confidence],
  );
  const meanLog =
    known.reduce((sum, confidence) => sum + Math.log(confidence), 0) / Math.max(1, known.length);
  return {
    id,
    seek: 0,
    start: startSeconds,
    end: endSeconds,
    text: said,
    tokens: [],
    temperature: 0,
    avg_logprob: meanLog,
    compression_ratio: bytes.length === 0 ? 0 : bytes.length / deflateSync(bytes).length,
    no_speech_prob: 0,
    ...(isDiarized ? { speaker } : {}),
  };
}

function wordsOf(result: TranscriptResult) {
  return writtenWordsOf(result).map((word) => ({
    word: word.text,
    start: word.startSeconds,
    end: word.endSeconds,
  }));
}

/** A word each: log probability and bytes. */
export function logprobsOf(utterances: readonly Utterance[]) {
  return utterances.flatMap(({ words }) =>
    words.map(({ text: token, confidence }) => ({
      token,
      bytes: [...Buffer.from(token)],
      logprob: confidence === undefined || confidence <= 0 ? 0 : Math.log(confidence),
    })),
  );
}

/** Segments with speakers: known ones by name, strangers as A, B, … in the order of first speech. */
export function diarized(result: TranscriptResult) {
  const nameOf = letterNamer(result);
  return {
    task: 'transcribe',
    duration: result.durationSeconds,
    text: result.utterances.map(({ speaker, text: said }) => `${nameOf(speaker)}: ${said}`).join('\n'),
    segments: result.utterances.map((utterance, index) => ({
      type: 'transcript.text.segment',
      id: `seg_${String(index + 1).padStart(3, '0')}`,
      start: utterance.startSeconds,
      end: utterance.endSeconds,
      speaker: nameOf(utterance.speaker),
      text: utterance.text,
    })),
    usage: usageOf(result),
  };
}

function letterNamer({ speakers }: TranscriptResult): (speaker: string | null) => string {
  const letters = new Map<string, string>();
  const named = new Map(
    speakers.flatMap(({ label, name }) => (name === undefined ? [] : [[label, name] as const])),
  );
  return (speaker) => {
    if (speaker === null) return 'unknown';
    const name = named.get(speaker);
    if (name !== undefined) return name;
    // A label that is no number of ours is the name of a voice.
    if (!/^SPEAKER_\d+$/.test(speaker)) return speaker;
    if (!letters.has(speaker)) letters.set(speaker, letterOf(letters.size));
    return letters.get(speaker)!;
  };
}

/** A … Z, AA, AB, … */
function letterOf(index: number): string {
  const letter = String.fromCharCode(65 + (index % 26));
  return index < 26 ? letter : letterOf(Math.floor(index / 26) - 1) + letter;
}

function text(body: string): Response {
  return new Response(body, { headers: { 'content-type': 'text/plain; charset=utf-8' } });
}
