import { renderResult } from '../../../core/formats/index.ts';
import type { DiarizationResult, TranscriptResult } from '../../../core/result/result.ts';
import { InvalidInputError } from '../../../core/errors.ts';
import type { FormFile } from '../http/read-form.ts';
import { transcriptionRequest, type TranscriptionRequest } from './transcription-request.ts';

const FORMATS = ['json', 'verbose_json', 'rttm'] as const;

/** Fields that transcriptions do not have. */
const OWN_FIELDS = new Set(['min_duration_on', 'include_text']);

/** Options that have a meaning only where what is said is wanted too. */
const OF_TEXT = ['language', 'prompt', 'speakerNames'] as const;

/** A request of `/v1/audio/diarization`, as speaches and LocalAI have it. */
export type DiarizationRequest = Pick<
  TranscriptionRequest,
  'file' | 'knownSpeakers' | 'options' | 'ignored'
> & {
  readonly format: (typeof FORMATS)[number];
  /** What is said is wanted too. */
  readonly wantsText: boolean;
};

/**
 * Reads the fields of a form. Any `model` means what tells speakers apart here; `preset` chooses.
 *
 * @throws InvalidInputError `invalid_option` with the field
 */
export function diarizationRequest(
  files: readonly FormFile[],
  pairs: readonly (readonly [string, string])[],
): DiarizationRequest {
  const last = (name: string): string | undefined => pairs.findLast(([each]) => each === name)?.[1].trim();
  const format = FORMATS.find((known) => known === (last('response_format') ?? 'json'));
  if (format === undefined) throw invalid('response_format', `one of ${FORMATS.join(', ')}`);
  const others = pairs.filter(
    ([name]) => name !== 'response_format' && name !== 'model' && name !== 'stream',
  );
  const asTranscription = [...others, ['model', 'whisper-1'], ['response_format', 'diarized_json']] as const;
  const { file, knownSpeakers, options, ignored } = transcriptionRequest(files, asTranscription, []);
  const shortest = last('min_duration_on');
  if (shortest !== undefined && !/^\d{1,2}(\.\d{1,6})?$/.test(shortest))
    throw invalid('min_duration_on', 'seconds from 0 to 60');
  const wantsText = /^(?:true|1|yes)$/i.test(last('include_text') ?? '');
  const without: readonly string[] = wantsText ? [] : OF_TEXT.filter((name) => name in options);
  return {
    file,
    knownSpeakers,
    options: {
      ...Object.fromEntries(Object.entries(options).filter(([name]) => !without.includes(name))),
      ...(shortest === undefined ? {} : { minDurationSeconds: Number(shortest) }),
    },
    ignored: [...ignored.filter((name) => !OWN_FIELDS.has(name)), ...without],
    format,
    wantsText,
  };
}

/** Turns, or utterances where the text is wanted, in the order of time. */
export async function diarizationReply(
  result: DiarizationResult | TranscriptResult,
  { format }: DiarizationRequest,
): Promise<Response> {
  if (format === 'rttm') {
    return new Response((await renderResult(result, 'rttm')) as string, {
      headers: { 'content-type': 'text/plain; charset=utf-8' },
    });
  }
  const nameOf = new Map(result.speakers.map(({ label, name }) => [label, name ?? label]));
  const segments =
    'utterances' in result
      ? result.utterances.map(({ startSeconds, endSeconds, speaker, text }) => ({
          start: startSeconds,
          end: endSeconds,
          speaker: speaker === null ? null : (nameOf.get(speaker) ?? speaker),
          text,
        }))
      : result.turns.map(({ startSeconds, endSeconds, speaker }) => ({
          start: startSeconds,
          end: endSeconds,
          speaker: nameOf.get(speaker) ?? speaker,
        }));
  const about =
    format === 'verbose_json'
      ? { task: 'diarize', num_speakers: result.speakers.length, speakers: [...nameOf.values()] }
      : {};
  return Response.json({ ...about, duration: result.durationSeconds, segments });
}

function invalid(option: string, expected: string): InvalidInputError {
  return new InvalidInputError('invalid_option', `${option}: expected ${expected}.`, { details: { option } });
}
