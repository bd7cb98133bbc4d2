import { InvalidInputError, ModelError } from '../../../core/errors.ts';
import { OUTPUT_FORMATS } from '../../../core/formats/index.ts';
import { languageOfName } from '../../../core/formats/other-systems/openai.ts';
import type { FormFile } from '../http/read-form.ts';

/** Formats of OpenAI's own. */
export const OPENAI_FORMATS = ['json', 'text', 'srt', 'verbose_json', 'vtt', 'diarized_json'] as const;

/** A request of OpenAI's transcription endpoint, in our words. */
export type TranscriptionRequest = {
  readonly file: FormFile;
  /** Id of a model that is here; `undefined` for the default. */
  readonly model: string | undefined;
  /** One of `OPENAI_FORMATS`, or a format of ours. */
  readonly format: string;
  readonly isStreamed: boolean;
  readonly isDiarized: boolean;
  readonly wantsWords: boolean;
  readonly wantsLogprobs: boolean;
  readonly knownSpeakers: readonly KnownSpeaker[];
  /** Options of the task. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Fields that had no effect, by name. */
  readonly ignored: readonly string[];
};

/** A voice that is known by a piece of sound. */
export type KnownSpeaker = { readonly name: string; readonly audio: Uint8Array };

/** Names of models of other services: each means the recogniser that is the default here. */
const FOREIGN_MODELS = /^(?:whisper|gpt-|openai\/|Systran\/|distil-|deepdml\/|ggml)/;

const MAX_SPEAKERS = 100;

/** Fields that have an effect. */
const FIELDS = new Set([
  'model',
  'response_format',
  'stream',
  'diarize',
  'known_speaker_names',
  'known_speaker_references',
  'timestamp_granularities',
  'include',
  'language',
  'languages',
  'prompt',
  'keywords',
  'preset',
  'num_speakers',
  'min_speakers',
  'max_speakers',
  'speaker_names',
]);

/** What words may be timed by; some clients send nothing for none. */
const GRANULARITIES = new Set(['word', 'segment', '']);

type Fields = ReadonlyMap<string, readonly string[]>;

/**
 * Reads the fields of a form as OpenAI's clients, curl and lax clients of local servers write them.
 *
 * @param ids models that there are
 * @throws InvalidInputError `invalid_option` with the field; ModelError `model_unknown`
 */
export function transcriptionRequest(
  files: readonly FormFile[],
  pairs: readonly (readonly [string, string])[],
  ids: readonly string[],
): TranscriptionRequest {
  const fields = fieldsOf(pairs);
  const [file, ...more] = files;
  if (file === undefined) throw invalid('file', 'is missing: send the recording as a file');
  if (more.length > 0) throw invalid('file', 'is there twice: send one recording');
  const model = one(fields, 'model');
  if (model === undefined) throw invalid('model', 'is missing: send whisper-1, or the id of a model');
  const format = one(fields, 'response_format')?.toLowerCase() ?? 'json';
  const isKnown = OPENAI_FORMATS.some((name) => name === format) || Object.hasOwn(OUTPUT_FORMATS, format);
  if (!isKnown) throw invalid('response_format', `expected one of ${OPENAI_FORMATS.join(', ')}`);
  const granularities = list(fields, 'timestamp_granularities');
  if (!granularities.every((each) => GRANULARITIES.has(each)))
    throw invalid('timestamp_granularities', 'expected word, segment or both');
  const knownSpeakers = speakersOf(fields);
  const isDiarized =
    format === 'diarized_json' ||
    flag(fields, 'diarize') ||
    knownSpeakers.length > 0 ||
    model.includes('diarize');
  return {
    file,
    model: modelOption(model, ids).model,
    format,
    isStreamed: flag(fields, 'stream'),
    isDiarized,
    wantsWords: granularities.includes('word'),
    wantsLogprobs: list(fields, 'include').includes('logprobs'),
    knownSpeakers,
    options: {
      ...(isDiarized ? {} : { diarize: false }),
      ...modelOption(model, ids),
      ...languageOption(fields),
      ...promptOption(fields),
      ...textOption(fields, 'preset'),
      ...numberOption(fields, 'num_speakers', 'numSpeakers'),
      ...numberOption(fields, 'min_speakers', 'minSpeakers'),
      ...numberOption(fields, 'max_speakers', 'maxSpeakers'),
      ...namesOption(fields),
    },
    ignored: [...fields.keys()].filter((name) => !FIELDS.has(name)).map(shownField),
  };
}

/** Names without `[]`, `[0]` and the `extra_body[…]` that OpenAI's own example for JavaScript makes; lists in their order. */
function fieldsOf(pairs: readonly (readonly [string, string])[]): Fields {
  const fields = new Map<string, string[]>();
  for (const [written, value] of pairs) {
    const bare = /^extra_body\[([^\]]+)\](.*)$/.exec(written);
    const name = (bare === null ? written : `${bare[1]}${bare[2]}`).replace(/\[.*$/, '');
    fields.set(name, [...(fields.get(name) ?? []), value]);
  }
  return fields;
}

function one(fields: Fields, name: string): string | undefined {
  const value = fields.get(name)?.[0]?.trim();
  return value === '' ? undefined : value;
}

function flag(fields: Fields, name: string): boolean {
  const value = one(fields, name)?.toLowerCase();
  if (value === undefined || value === 'false' || value === '0' || value === 'no') return false;
  if (value === 'true' || value === '1' || value === 'yes') return true;
  throw invalid(name, 'expected true or false');
}

/** A list as repeated fields, as JSON, or with commas. */
function list(fields: Fields, name: string): readonly string[] {
  return (fields.get(name) ?? []).flatMap((value) => {
    if (!value.trim().startsWith('[')) return value.split(',').map((item) => item.trim());
    try {
      return (JSON.parse(value) as unknown[]).map(String);
    } catch {
      throw invalid(name, 'expected a list');
    }
  });
}

function modelOption(model: string, ids: readonly string[]): { model?: string } {
  if (ids.includes(model)) return { model };
  if (FOREIGN_MODELS.test(model)) return {};
  throw new ModelError(
    'model_unknown',
    `There is no model of that name. Use whisper-1 or one of ${ids.join(', ')}.`,
    {
      details: { option: 'model' },
    },
  );
}

function languageOption(fields: Fields): { language?: string } {
  const languages = list(fields, 'languages').filter((each) => each !== '');
  const language = one(fields, 'language') ?? (languages.length === 1 ? languages[0] : undefined);
  return language === undefined ? {} : { language: languageOfName(language) ?? language };
}

/** Keywords are words to expect, as a prompt is. */
function promptOption(fields: Fields): { prompt?: string } {
  const prompt = one(fields, 'prompt');
  const keywords = list(fields, 'keywords').filter((each) => each !== '');
  const all = [
    ...(prompt === undefined ? [] : [prompt]),
    ...(keywords.length > 0 ? [keywords.join(', ')] : []),
  ];
  return all.length === 0 ? {} : { prompt: all.join(' ') };
}

/** Names for labels, as JSON or as `speaker_names[SPEAKER_00]`. */
function namesOption(fields: Fields): { speakerNames?: unknown } {
  const text = one(fields, 'speaker_names');
  if (text === undefined) return {};
  try {
    return { speakerNames: JSON.parse(text) as unknown };
  } catch {
    throw invalid('speaker_names', 'expected JSON: {"SPEAKER_00": "Ana"}');
  }
}

/** Names of fields are the caller's: only what may stand in a header. */
function shownField(name: string): string {
  return name.replace(/[^\w.-]/g, '').slice(0, 60) || 'unnamed';
}

function textOption(fields: Fields, name: string): Record<string, string> {
  const value = one(fields, name);
  return value === undefined ? {} : { [name]: value };
}

function numberOption(fields: Fields, name: string, option: string): Record<string, number> {
  const value = one(fields, name);
  if (value === undefined) return {};
  if (!/^\d{1,4}(?:\.0*)?$/.test(value)) throw invalid(name, 'expected a whole number');
  return { [option]: Number(value) };
}

function speakersOf(fields: Fields): KnownSpeaker[] {
  const names = fields.get('known_speaker_names') ?? [];
  const references = fields.get('known_speaker_references') ?? [];
  if (names.length !== references.length) {
    throw invalid(
      'known_speaker_references',
      `expected as many references as names, got ${references.length} and ${names.length}`,
    );
  }
  if (names.length > MAX_SPEAKERS) throw invalid('known_speaker_names', `expected at most ${MAX_SPEAKERS}`);
  return names.map((name, index) => ({ name, audio: dataUrl(references[index]!) }));
}

function dataUrl(text: string): Uint8Array {
  const match = /^data:[^,]*;base64,([A-Za-z0-9+/=\s]+)$/.exec(text);
  if (match !== null) return Buffer.from(match[1]!, 'base64');
  throw invalid(
    'known_speaker_references',
    text.startsWith('data:') && !text.includes(',')
      ? 'was cut off: curl -F ends a value at ;, send it with --form-string'
      : 'expected a data URL with base64',
  );
}

function invalid(option: string, message: string): InvalidInputError {
  return new InvalidInputError('invalid_option', `${option}: ${message}.`, { details: { option } });
}
