/** Jobs about what is in a recording: who spoke, who said what, where speech is, how loud it is. */
import { renameKnownSpeakers } from '../../../core/transcript/rename-speakers.ts';
import type { WireResultOf } from '../../../sdk/contract/index.ts';
import { detectSpeechRequest } from '../requests/detect-speech-request.ts';
import { diarizeRequest } from '../requests/diarize-request.ts';
import { transcribeRequest } from '../requests/transcribe-request.ts';
import { hooksOf, modelCallsOf, type TaskCall } from './task-call.ts';

/** Who spoke when. */
export async function runDiarize(call: TaskCall<'diarize'>): Promise<WireResultOf<'diarize'>> {
  const { services, audio, observationsPath } = call;
  const request = await diarizeRequest(services.models, call.input.options ?? {}, modelCallsOf(call));
  return services.engine.run('diarize', { ...request, observationsPath, audio: audio[0]! }, hooksOf(call));
}

/** Who said what. */
export async function runTranscribe(call: TaskCall<'transcribe'>): Promise<WireResultOf<'transcribe'>> {
  const { services, audio, onUtterance } = call;
  const { speakerNames = {}, ...options } = call.input.options ?? {};
  const request = await transcribeRequest(services.models, options, modelCallsOf(call));
  const result = await services.engine.run(
    'transcribe',
    { ...request, audio: audio[0]! },
    { ...hooksOf(call), onEvent: ({ utterance }) => onUtterance(utterance) },
  );
  return renameKnownSpeakers(result, new Map(Object.entries(speakerNames)));
}

/** Where somebody speaks. */
export async function runDetectSpeech(
  call: TaskCall<'detect-speech'>,
): Promise<WireResultOf<'detect-speech'>> {
  const { services, audio, input } = call;
  const request = await detectSpeechRequest(services.models, input.options ?? {}, modelCallsOf(call));
  return services.engine.run('detect-speech', { ...request, audio: audio[0]! }, hooksOf(call));
}

/** How loud it is. */
export async function runLoudness(call: TaskCall<'loudness'>): Promise<WireResultOf<'loudness'>> {
  const { range } = call.input.options ?? {};
  return call.services.engine.run('loudness', { options: { range }, audio: call.audio[0]! }, hooksOf(call));
}
