import { InvalidInputError, InvariantError, isSpeechError, type SpeechError } from '../../../core/errors.ts';
import type { VoiceQuality } from '../../../core/result/voice-terms.ts';
import { ENROLLMENT_QUALITY_LIMITS } from '../../../core/verification/speech/voice-quality.ts';
import { VoiceScorer } from '../../../core/verification/scores/voice-scorer.ts';
import { type EnrolledVoice, type VoiceSample } from '../../../core/verification/voices/voice.ts';
import { thresholdSchema } from '../../../sdk/contract/options/voice.ts';
import { errorBodyOf } from '../../work/jobs/error-body.ts';
import { encoderOfVoices } from '../../work/speakers/encoder-of-voices.ts';
import { checkEnrollment, enrollVoice } from '../../work/speakers/enroll-voice.ts';
import { DEFAULT_SPEAKER_MODEL, scoringModel } from '../../work/speakers/speaker-setup.ts';
import { voiceFacts } from '../../work/speakers/voice-facts.ts';
import { formOptions } from '../http/form-options.ts';
import type { Form } from '../http/read-form.ts';
import { keepUploads } from '../http/uploads.ts';
import { checkSubmission } from '../routes/jobs.ts';
import { runAndForget } from '../routes/tasks.ts';
import type { ServerContext } from '../server-context.ts';
import { sampleOfSpeaker } from './speaker-sample.ts';

/** Whose samples they are, and for whom. */
export type Enrolment = {
  readonly name: string;
  readonly owner: string;
  readonly requestId: string;
  readonly signal: AbortSignal;
};

type EmbeddedSample = { readonly name: string; readonly sample: VoiceSample & { quality: VoiceQuality } };
type SampleFile = { readonly path: string; readonly name: string };
type RefusedUpload = { readonly name: string; readonly error: SpeechError };

/**
 * Makes a voice of the files of a form, or adds them to one. Fields: `replace`, `threshold`, and the options of `embed`;
 * `job` and `speaker` for what a speaker of a job that is kept here says alone.
 *
 * @returns the reply, and whether the voice is new
 * @throws what the first sample failed with where none is usable; as `enrollVoice`
 */
export async function enrollUpload(form: Form, enrolment: Enrolment, context: ServerContext) {
  const { voices, services } = context;
  const { name, requestId } = enrolment;
  const { replace, threshold, model, job, speaker, ...embedding } = formOptions(form.fields);
  const isNew = (await voices.find(name)) === undefined;
  const existing = replace === true || isNew ? [] : [await voices.find(name)];
  const encoder = encoderOfVoices(
    existing.filter((voice) => voice !== undefined),
    typeof model === 'string' ? model : undefined,
  );
  const scorer = new VoiceScorer(await scoringModel(services.models, encoder));
  const settings = { replace: replace === true, threshold: thresholdOf(threshold) };
  await checkEnrollment(voices, name, scorer, settings);
  const { owner, signal } = enrolment;
  const files: SampleFile[] = [...form.files];
  if (job !== undefined) {
    const wanted = { job: textOf('job', job), speaker: textOf('speaker', speaker), owner };
    files.push(await sampleOfSpeaker(wanted, context, signal));
  }
  const outcomes = await embedFiles(files, { ...embedding, model: encoder }, enrolment, context);
  const embedded = outcomes.filter((outcome) => 'sample' in outcome);
  const [failed] = outcomes.filter((outcome) => 'error' in outcome);
  if (embedded.length === 0 && failed !== undefined) throw failed.error;
  const { voice, refused } = await enrollVoice(
    voices,
    name,
    embedded.map(({ sample }) => sample),
    scorer,
    settings,
  );
  const samples = outcomes.map((outcome) => {
    if ('error' in outcome)
      return { name: outcome.name, accepted: false, error: errorBodyOf(outcome.error, requestId) };
    const outlier = refused.find(({ index }) => embedded[index] === outcome);
    const verdict = outlier === undefined ? { accepted: true } : { accepted: false, score: outlier.score };
    return { name: outcome.name, ...verdict, quality: outcome.sample.quality };
  });
  return { isNew, reply: { ...(await factsOf(voice, context)), samples } };
}

/** What is told of a voice, measured against what enrols now. */
export async function factsOf(voice: EnrolledVoice, { services }: ServerContext) {
  const { space } = await scoringModel(services.models, DEFAULT_SPEAKER_MODEL);
  return voiceFacts(voice, space);
}

/** One after another, each as a job that nobody keeps; what is no usable sample stops none of the others. */
async function embedFiles(
  files: readonly SampleFile[],
  options: Readonly<Record<string, unknown>>,
  { owner, signal }: Enrolment,
  context: ServerContext,
): Promise<(EmbeddedSample | RefusedUpload)[]> {
  const limits = isRecord(options.qualityLimits) ? options.qualityLimits : {};
  const qualityLimits = { ...ENROLLMENT_QUALITY_LIMITS, ...limits };
  const input = { task: 'embed', options: { ...options, qualityLimits } } as const;
  if (files.length === 0) {
    throw new InvalidInputError(
      'invalid_option',
      'There is no sample. Send recordings of one person as file.',
      {
        details: { option: 'file' },
      },
    );
  }
  checkSubmission({ input, sources: [{}] }, context, owner);
  const outcomes: (EmbeddedSample | RefusedUpload)[] = [];
  for (const { path, name } of files) {
    const upload = await keepUploads([{ path, name }], owner, context.recordings);
    try {
      const { results } = await runAndForget({ input, owner, ...upload }, context, signal);
      outcomes.push({ name, sample: sampleOf(results) });
    } catch (error) {
      if (!isSpeechError(error) || signal.aborted) throw error;
      outcomes.push({ name, error });
    }
  }
  return outcomes;
}

function sampleOf(results: readonly object[]): EmbeddedSample['sample'] {
  const [outcome] = results as readonly {
    result?: { embedding?: readonly number[]; quality: VoiceQuality };
  }[];
  const { embedding, quality } = outcome?.result ?? {};
  if (embedding === undefined || quality === undefined)
    throw new InvariantError('An embedding has no vector.');
  return { vector: Float32Array.from(embedding), quality };
}

function textOf(option: string, value: unknown): string {
  if (typeof value === 'string' || typeof value === 'number') return String(value);
  throw new InvalidInputError('invalid_option', `${option}: expected one text.`, { details: { option } });
}

function thresholdOf(value: unknown) {
  if (value === undefined) return undefined;
  const parsed = thresholdSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new InvalidInputError('invalid_option', 'threshold: expected {"scale": …, "value": number}.', {
    details: { option: 'threshold' },
  });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
