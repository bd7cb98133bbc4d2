import type { JobResult, StreamEvent } from '../../../sdk/contract/index.ts';
import { toSpeechError } from '../../errors/to-speech-error.ts';
import { streamJob } from '../../work/jobs/stream-job.ts';
import type { ServerSentEvent } from '../http/sse.ts';
import { problemReply } from '../http/problem.ts';
import { diarized, logprobsOf, plainText } from './transcription-reply.ts';
import type { TranscriptionRequest } from './transcription-request.ts';
import { transcriptOf } from './transcript-of.ts';

/**
 * A transcription as OpenAI streams it: a delta an utterance, and `done`. Clients take a stream that just ends for a
 * success, so it ends with `done` or with an error, and has no event of another kind.
 */
export async function* transcriptionEvents(
  run: (signal: AbortSignal, onEvent: (event: StreamEvent) => void) => Promise<JobResult>,
  request: TranscriptionRequest,
  requestId: string,
  signal: AbortSignal,
): AsyncGenerator<ServerSentEvent> {
  const events = streamJob(run, signal);
  let told = '';
  try {
    for (;;) {
      const { done, value } = await events.next();
      if (done === true) {
        yield* end(value, request, told);
        return;
      }
      if (value.type !== 'utterance') continue;
      const { utterance } = value;
      const delta = told === '' ? utterance.text : ` ${utterance.text}`;
      told += delta;
      const logprobs = request.wantsLogprobs ? { logprobs: logprobsOf([utterance]) } : {};
      yield { data: { type: 'transcript.text.delta', delta, ...logprobs } };
    }
  } catch (error) {
    const reply = (await problemReply(toSpeechError(error), { requestId }).json()) as { error: unknown };
    yield { data: { error: reply.error } };
  }
}

function* end(output: JobResult, request: TranscriptionRequest, told: string): Generator<ServerSentEvent> {
  const result = transcriptOf(output);
  const text = plainText(result);
  // What was not told as it was said: a recogniser that gives everything at the end.
  if (told === '' && text !== '') yield { data: { type: 'transcript.text.delta', delta: text } };
  if (request.format === 'diarized_json')
    for (const segment of diarized(result).segments) yield { data: segment };
  const languages = result.language === null ? {} : { languages: [{ code: result.language }] };
  yield { data: { type: 'transcript.text.done', text: told === '' ? text : told, ...languages } };
}
