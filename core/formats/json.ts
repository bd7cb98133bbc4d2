import { InvalidInputError } from '../errors.ts';
import type { Turn } from '../timeline/turns.ts';
import {
  RESULT_SCHEMA_VERSION,
  type DiarizationResult,
  type ModelUse,
  type Pause,
  type ResultWarning,
  type SpeakerEmbeddings,
  type SpeakerSummary,
  type TranscriptResult,
  type Utterance,
  type Word,
} from '../result/result.ts';
import type { EmbeddingSpace } from '../result/voice-terms.ts';
import {
  arrayOf,
  nullable,
  objectOf,
  optional,
  parseJson,
  readBoolean,
  readNumber,
  readObject,
  readString,
  type JsonReader,
} from './json-reader.ts';
import type { RenderOptions } from './render-options.ts';

/** A result as JSON, indented, complete: `readResultJson` gives the same result again. */
export function renderJson(
  result: DiarizationResult | TranscriptResult,
  _options: RenderOptions = {},
): string {
  return `${JSON.stringify(result, null, 2)}\n`;
}

/**
 * Reads a result that `renderJson` wrote. Fields of later versions are left out.
 *
 * @throws InvalidInputError `invalid_file` where it is no JSON, a field is missing or of another kind, a segment
 *   ends before it starts, or the schema is newer than this version knows
 */
export function readResultJson(text: string): DiarizationResult | TranscriptResult {
  const value = readObject(parseJson(text), '');
  if (value.schemaVersion === undefined) {
    throw new InvalidInputError(
      'invalid_file',
      'JSON: expected a result of Colloquy, which has a schemaVersion, or the list of SegLST; got another object.',
    );
  }
  readSchemaVersion(value.schemaVersion, 'schemaVersion');
  return 'utterances' in value ? readTranscript(value, '') : readDiarization(value, '');
}

const readSchemaVersion: JsonReader<typeof RESULT_SCHEMA_VERSION> = (value, path) => {
  const version = readNumber(value, path);
  if (version === RESULT_SCHEMA_VERSION) return version;
  throw new InvalidInputError(
    'invalid_file',
    `JSON: expected schemaVersion ${RESULT_SCHEMA_VERSION}, got ${version}; use the version of Colloquy that wrote it.`,
  );
};

/** Checks the order of the borders of what `read` gives. */
function segmentOf<T extends { startSeconds: number; endSeconds: number }>(
  read: JsonReader<T>,
): JsonReader<T> {
  return (value, path) => {
    const segment = read(value, path);
    if (segment.endSeconds >= segment.startSeconds) return segment;
    throw new InvalidInputError(
      'invalid_file',
      `JSON: expected an end that is not before the start at ${path}.`,
    );
  };
}

const readRecordOfNumbers: JsonReader<Readonly<Record<string, number>>> = (value, path) =>
  Object.fromEntries(
    Object.entries(readObject(value, path)).map(([name, entry]) => [
      name,
      readNumber(entry, `${path}.${name}`),
    ]),
  );

const borders = { startSeconds: readNumber, endSeconds: readNumber };

const readTurn = segmentOf(
  objectOf<Turn>({ ...borders, speaker: readString, confidence: optional(readNumber) }),
);

const readWord = segmentOf(
  objectOf<Word>({
    ...borders,
    text: readString,
    spaceBefore: optional(readBoolean),
    confidence: optional(readNumber),
    speaker: nullable(readString),
    overlapped: optional(readBoolean),
  }),
);

const diarizationFields = {
  schemaVersion: readSchemaVersion,
  durationSeconds: readNumber,
  speakers: arrayOf(
    objectOf<SpeakerSummary>({
      label: readString,
      name: optional(readString),
      speakingSeconds: readNumber,
      turnCount: readNumber,
      wordCount: optional(readNumber),
      wordsPerMinute: optional(readNumber),
      interruptionCount: optional(readNumber),
    }),
  ),
  speakerCountConfidence: optional(readNumber),
  turns: arrayOf(readTurn),
  exclusiveTurns: arrayOf(readTurn),
  models: arrayOf(
    objectOf<ModelUse>({
      id: readString,
      task: readString,
      sha256: optional(readString),
    }),
  ),
  provider: readString,
  timings: readRecordOfNumbers,
  warnings: arrayOf(objectOf<ResultWarning>({ code: readString, message: readString })),
};

const readSpeakerEmbeddings = objectOf<SpeakerEmbeddings>({
  space: objectOf<EmbeddingSpace>({ model: readString, fingerprint: readString, dimension: readNumber }),
  vectors: arrayOf(objectOf({ speaker: readString, embedding: arrayOf(readNumber) })),
});

const readDiarization = objectOf<DiarizationResult>({
  ...diarizationFields,
  speakerEmbeddings: optional(readSpeakerEmbeddings),
});

const readTranscript = objectOf<TranscriptResult>({
  ...diarizationFields,
  language: nullable(readString),
  utterances: arrayOf(
    segmentOf(
      objectOf<Utterance>({
        ...borders,
        speaker: nullable(readString),
        text: readString,
        words: arrayOf(readWord),
        overlapped: optional(readBoolean),
      }),
    ),
  ),
  words: arrayOf(readWord),
  pauses: arrayOf(
    segmentOf(
      objectOf<Pause>({
        ...borders,
        afterWord: readNumber,
        speakerBefore: nullable(readString),
        speakerAfter: nullable(readString),
      }),
    ),
  ),
});
