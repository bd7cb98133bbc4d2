/** Jobs about voices, in the words of the contract. */
import { defined } from '../../../core/defined.ts';
import type { EmbedOptions, Task, Voice, WireResultOf } from '../../../sdk/contract/index.ts';
import { embedRequest } from '../requests/embed-request.ts';
import { encoderOfVoices } from '../speakers/encoder-of-voices.ts';
import { speakerTools } from '../speakers/speaker-setup.ts';
import { type KnownVoice, SpeakerWork } from '../speakers/speaker-work.ts';
import { hooksOf, modelCallsOf, type TaskCall } from './task-call.ts';

/** One vector for a recording. */
export async function runEmbed(call: TaskCall<'embed'>): Promise<WireResultOf<'embed'>> {
  const options = call.input.options ?? {};
  const work = await speakerWork(call, options);
  return work.embed(call.audio[0]!, embedRequest(options), hooksOf(call));
}

/** Do two recordings hold one voice? */
export async function runCompare(call: TaskCall<'compare'>): Promise<WireResultOf<'compare'>> {
  const options = call.input.options ?? {};
  const work = await speakerWork(call, options);
  const hooks = hooksOf(call);
  const pair = [
    { ...call.audio[0]!, name: 'the first recording' },
    { ...call.audio[1]!, name: 'the second recording' },
  ] as const;
  return work.compare(pair, { ...embedRequest(options), threshold: options.threshold }, [hooks, hooks]);
}

/** Is the recording spoken by this voice? */
export async function runVerify(call: TaskCall<'verify'>): Promise<WireResultOf<'verify'>> {
  const { voice, threshold, ...options } = call.input.options;
  const work = await speakerWork(call, { ...options, model: encoderOfVoices([voice], options.model) });
  const request = { ...embedRequest(options), threshold };
  return work.verify(call.audio[0]!, knownVoice(voice), request, hooksOf(call));
}

/** Which of these voices is it, if any? */
export async function runIdentify(call: TaskCall<'identify'>): Promise<WireResultOf<'identify'>> {
  const { voices, threshold, minMargin, maxCandidates, ...options } = call.input.options;
  const work = await speakerWork(call, { ...options, model: encoderOfVoices(voices, options.model) });
  const index = work.indexOf(voices.map(knownVoice));
  const request = { ...embedRequest(options), ...defined({ threshold, minMargin, maxCandidates }) };
  return work.identify(call.audio[0]!, index, request, hooksOf(call));
}

async function speakerWork(
  call: Omit<TaskCall<Task>, 'input'>,
  { model, speech }: Pick<EmbedOptions, 'model' | 'speech'>,
): Promise<SpeakerWork> {
  const tools = await speakerTools(call.services.models, defined({ model, speech }), modelCallsOf(call));
  return new SpeakerWork(call.services.engine, tools);
}

function knownVoice({ name, space, embedding, speechSeconds }: Voice): KnownVoice {
  return { name, space, vector: embedding, speechSeconds };
}
