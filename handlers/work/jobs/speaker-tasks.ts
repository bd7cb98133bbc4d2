/** Jobs about voices and signals, in the words of the contract. */
import { InvalidInputError } from '../../../core/errors.ts';
import type { HysteresisOptions } from '../../../core/vad/hysteresis-options.ts';
import { graphOfRole } from '../../../models/store.ts';
import type { JobInputOf, Task } from '../../../sdk/contract/index.ts';
import { encoderOfVoices } from '../speakers/encoder-of-voices.ts';
import { speakerTools } from '../speakers/speaker-setup.ts';
import { type EmbedRequest, type KnownVoice, SpeakerWork } from '../speakers/speaker-work.ts';
import { modelCallsOf, type TaskCall } from './task-call.ts';

/** A call without what is particular to its task. */
type AnyCall = Omit<TaskCall<Task>, 'input'>;

export async function runEmbed(call: TaskCall<'embed'>): Promise<unknown> {
  const { range, normalize, includeWindows, ...sample } = call.input.options ?? {};
  const work = await speakerWork(call, sample);
  const options = {
    ...embedRequestOf(sample),
    range,
    includeWindows,
    ...(normalize === undefined ? {} : { normalize }),
  };
  return work.embed(call.audio[0]!, options, hooksOf(call));
}

export async function runCompare(call: TaskCall<'compare'>): Promise<unknown> {
  const { threshold, ...sample } = call.input.options ?? {};
  const work = await speakerWork(call, sample);
  const hooks = hooksOf(call);
  const pair = [
    { ...call.audio[0]!, name: 'the first recording' },
    { ...call.audio[1]!, name: 'the second recording' },
  ] as const;
  return work.compare(pair, { ...embedRequestOf(sample), threshold }, [hooks, hooks]);
}

export async function runVerify(call: TaskCall<'verify'>): Promise<unknown> {
  const { voice, threshold, range, ...sample } = call.input.options;
  const work = await speakerWork(call, { ...sample, model: encoderOfVoices([voice], sample.model) });
  const options = { ...embedRequestOf(sample), range, threshold };
  return work.verify(call.audio[0]!, knownVoice(voice), options, hooksOf(call));
}

export async function runIdentify(call: TaskCall<'identify'>): Promise<unknown> {
  const { voices, threshold, minMargin, range, ...sample } = call.input.options;
  const work = await speakerWork(call, { ...sample, model: encoderOfVoices(voices, sample.model) });
  const index = work.indexOf(voices.map(knownVoice));
  const options = {
    ...embedRequestOf(sample),
    range,
    threshold,
    ...(minMargin === undefined ? {} : { minMargin }),
  };
  return work.identify(call.audio[0]!, index, options, hooksOf(call));
}

export async function runDetectSpeech(call: TaskCall<'detect-speech'>): Promise<unknown> {
  const { services, input } = call;
  const {
    model: id,
    threshold,
    minSpeechSeconds,
    minSilenceSeconds,
    paddingSeconds,
    includeProbabilities,
  } = input.options ?? {};
  const model = await services.models.obtain(id ?? 'silero-vad', modelCallsOf(call));
  if (model.entry.task !== 'vad') {
    throw new InvalidInputError(
      'invalid_option',
      `${model.id} is a model for ${model.entry.task}; choose one for vad.`,
      { details: { option: 'model' } },
    );
  }
  const segmentation: Partial<HysteresisOptions> = {
    ...(threshold === undefined ? {} : { onset: threshold }),
    ...(minSpeechSeconds === undefined ? {} : { minSpeechSeconds }),
    ...(minSilenceSeconds === undefined ? {} : { minSilenceSeconds }),
    ...(paddingSeconds === undefined ? {} : { speechPadSeconds: paddingSeconds }),
  };
  return services.engine.run(
    'detect-speech',
    {
      model: graphOfRole(model),
      uses: [{ id: model.id, task: 'vad', sha256: model.entry.files[0]!.sha256 }],
      options: { segmentation, includeProbabilities },
      audio: call.audio[0]!,
    },
    hooksOf(call),
  );
}

export async function runLoudness(call: TaskCall<'loudness'>): Promise<unknown> {
  const { range } = call.input.options ?? {};
  return call.services.engine.run('loudness', { options: { range }, audio: call.audio[0]! }, hooksOf(call));
}

/** What all tasks say of how a recording becomes a vector. */
type SampleOptions = Pick<
  NonNullable<JobInputOf<'embed'>['options']>,
  'model' | 'speech' | 'qualityLimits' | 'acceptPoorQuality'
>;

async function speakerWork(call: AnyCall, { model, speech }: SampleOptions): Promise<SpeakerWork> {
  const chosen = { ...(model === undefined ? {} : { model }), ...(speech === undefined ? {} : { speech }) };
  const tools = await speakerTools(call.services.models, chosen, modelCallsOf(call));
  return new SpeakerWork(call.services.engine, tools);
}

function embedRequestOf({ qualityLimits, acceptPoorQuality }: SampleOptions): EmbedRequest {
  return { limits: qualityLimits ?? {}, poorQuality: acceptPoorQuality === true ? 'report' : 'refuse' };
}

function knownVoice({
  name,
  space,
  embedding,
  speechSeconds,
}: JobInputOf<'verify'>['options']['voice']): KnownVoice {
  return { name, space, vector: embedding, speechSeconds };
}

function hooksOf({ signal, onProgress }: AnyCall) {
  return {
    signal,
    onProgress: ({ stage, done, total }: { stage: string; done: number; total: number | null }) =>
      onProgress(stage, done, total),
  };
}
