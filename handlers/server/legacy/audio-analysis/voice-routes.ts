import { assert } from '../../../../core/errors.ts';
import { PythonFloat, type PythonValue } from '../../../../core/formats/writing/python-json.ts';
import type { JobResult, Task } from '../../../../sdk/contract/index.ts';
import { scoringModel } from '../../../work/speakers/speaker-setup.ts';
import type { ScoringModel } from '../../../../core/verification/scores/voice-scorer.ts';
import type { FormFile } from '../../http/read-form.ts';
import type { ServerContext } from '../../server-context.ts';
import { flagField, numberField, wrongField, type LegacyForm } from '../legacy-form.ts';
import { fastApiReply } from '../python-replies.ts';
import { runOnFiles } from '../run-on-files.ts';
import { evenOddsCosine } from './even-odds.ts';
import { floats, measured } from './replies.ts';
import { sentVector } from './sent-vector.ts';

/** The old service took every sample: what is wrong with one stands in the reply. */
const TAKEN = { acceptPoorQuality: true };

/** One request for something about voices. */
export type VoiceCall = {
  readonly form: LegacyForm;
  readonly owner: string;
  readonly signal: AbortSignal;
  readonly context: ServerContext;
};

/** `POST /embedding`: the vector of a voice. */
export async function embedding(call: VoiceCall): Promise<Response> {
  const startedAtMs = performance.now();
  const { form } = call;
  const normalize = flagField(form.fields, 'normalize') ?? true;
  const file = oneFile(form, 'file');
  const options = { ...TAKEN, normalize, ...modelOption(form), ...rangeOption(form) };
  const result = await resultOf('embed', options, [file], call);
  const { space } = result;
  return fastApiReply({
    embedding: floats(result.embedding),
    normalized: normalize,
    model: space.model,
    dimension: space.dimension,
    space: { ...space },
    quality_warnings: result.quality.reasons,
    ...measured(result, startedAtMs),
  });
}

/** `POST /compare`: do two recordings hold one voice? */
export async function compare(call: VoiceCall): Promise<Response> {
  const startedAtMs = performance.now();
  const { form } = call;
  const files = [oneFile(form, 'file1'), oneFile(form, 'file2')];
  const threshold = thresholdField(form);
  const scoring = await scoringOf(call);
  const result = await resultOf('compare', { ...TAKEN, ...modelOption(form) }, files, call);
  return decided(result, threshold, scoring, startedAtMs);
}

/** `POST /compare_embedding`: is a recording, or a part of it, spoken by the voice of a vector? */
export async function compareEmbedding(call: VoiceCall): Promise<Response> {
  const startedAtMs = performance.now();
  const { form } = call;
  const file = oneFile(form, 'audio');
  const threshold = thresholdField(form);
  const range = rangeOption(form);
  const scoring = await scoringOf(call);
  const { space } = scoring;
  const voice = { name: 'embedding', space, embedding: await sentVector(form, space) };
  const result = await resultOf('verify', { ...TAKEN, voice, ...modelOption(form), ...range }, [file], call);
  return decided(result, threshold, scoring, startedAtMs);
}

type Decided = {
  readonly score: number;
  readonly llr: number | null;
  readonly probability: number | null;
  readonly quality: readonly { readonly speechSeconds: number; readonly reasons: readonly string[] }[];
  readonly durationSeconds: number;
  readonly provider: string;
};

/** The decision that the service made: above the threshold, and never at it. */
function decided(
  result: Decided,
  given: number | undefined,
  { calibration, space }: ScoringModel,
  startedAtMs: number,
): Response {
  const { score, llr, probability, quality } = result;
  const [first, second] = quality.map(({ speechSeconds }) => speechSeconds);
  assert(first !== undefined && (given !== undefined || calibration !== undefined), 'Nothing to decide by.');
  const threshold = given ?? evenOddsCosine(calibration!, [first, second]);
  return fastApiReply({
    similarity_score: new PythonFloat(score),
    same_speaker: score > threshold,
    threshold: new PythonFloat(threshold),
    probability: floatOrNull(probability),
    llr: floatOrNull(llr),
    model: space.model,
    quality_warnings: quality.flatMap(({ reasons }) => reasons),
    ...measured(result, startedAtMs),
  });
}

function floatOrNull(value: number | null): PythonValue {
  return value === null ? null : new PythonFloat(value);
}

/** The result of a task that gives one, which is of that task. */
async function resultOf<T extends Task>(
  task: T,
  options: Record<string, unknown>,
  files: readonly FormFile[],
  { owner, context, signal }: VoiceCall,
): Promise<ResultOf<T>> {
  const output = await runOnFiles({ task, options, files, owner }, context, signal);
  const [outcome] = output.results;
  assert(output.task === task && outcome !== undefined && 'result' in outcome, 'A task gave no result.');
  return outcome.result;
}

type ResultOf<T extends Task> = Extract<
  Extract<JobResult, { readonly task: T }>['results'][number],
  { readonly result: unknown }
>['result'];

function scoringOf({ form, context }: VoiceCall): Promise<ScoringModel> {
  return scoringModel(context.services.models, form.fields.get('model'));
}

/** Another encoder than the default: not of the old service, for vectors that were made with one. */
function modelOption({ fields }: LegacyForm): { readonly model?: string } {
  const model = fields.get('model');
  return model === undefined ? {} : { model };
}

function thresholdField({ fields }: LegacyForm): number | undefined {
  const threshold = numberField(fields, 'threshold');
  if (threshold === undefined || Math.abs(threshold) <= 1) return threshold;
  throw wrongField('threshold', 'expected a cosine from -1 to 1');
}

/** A part of the recording: both of its ends, or neither. @throws InvalidInputError `invalid_option` */
function rangeOption({ fields }: LegacyForm): {
  readonly range?: { readonly startSeconds: number; readonly endSeconds: number };
} {
  const startSeconds = numberField(fields, 'segment_start_time');
  const endSeconds = numberField(fields, 'segment_end_time');
  if (startSeconds === undefined && endSeconds === undefined) return {};
  if (startSeconds === undefined) throw wrongField('segment_start_time', 'is missing: send both times');
  if (endSeconds === undefined) throw wrongField('segment_end_time', 'is missing: send both times');
  if (startSeconds < 0) throw wrongField('segment_start_time', 'expected a time from 0 s on');
  if (endSeconds <= startSeconds) throw wrongField('segment_end_time', 'expected a time after the start');
  return { range: { startSeconds, endSeconds } };
}

/** The one file of a field. @throws InvalidInputError `invalid_option` */
export function oneFile({ files }: LegacyForm, field: string): FormFile {
  const [file, ...more] = files.filter((each) => each.field === field);
  if (file === undefined) throw wrongField(field, 'is missing: send the recording as a file');
  if (more.length > 0) throw wrongField(field, 'is there twice: send one recording');
  if (file.bytes === 0) throw wrongField(field, 'is empty: send a recording');
  return file;
}
