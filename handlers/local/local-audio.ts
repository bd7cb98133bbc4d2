import { basename } from 'node:path';
import type { AudioLimits } from '../../core/audio/limits.ts';
import { type AudioInput, classifyAudio } from '../../sdk/audio/audio-input.ts';
import { type ByteStream, piecesOfStream } from '../../sdk/audio/byte-stream.ts';
import type { AudioFetcher } from '../work/fetch-audio/index.ts';
import { fetchedRecording, type JobRecording } from '../work/jobs/job-recording.ts';

/** What brings audio to this machine, and what recordings must keep. */
export type AudioServices = { readonly fetcher: AudioFetcher; readonly audioLimits: Partial<AudioLimits> };

/**
 * A recording in any form that the SDK knows. Files are read where they lie, bytes and streams as they come; URLs, S3
 * and base64 are fetched into a folder of ours first.
 *
 * @throws InvalidRequestError `invalid_option`; AudioUnavailableError `file_not_found`, `file_not_readable`
 */
export async function localRecording(input: AudioInput, services: AudioServices): Promise<JobRecording> {
  const audio = await classifyAudio(input);
  if (audio.kind === 'source') return fetchedRecording(audio.source, services);
  const { audioLimits: limits } = services;
  const dispose = (): Promise<void> => Promise.resolve();
  if (audio.kind === 'blob' && audio.path !== undefined) {
    const { path } = audio;
    return { open: () => Promise.resolve({ audio: { path, name: basename(path), limits }, dispose }) };
  }
  const stream: ByteStream = audio.kind === 'stream' ? audio.stream : audio.blob.stream();
  const name = audio.kind === 'blob' ? audio.name : 'the recording';
  return {
    open: (signal) =>
      Promise.resolve({ audio: { stream: piecesOfStream(stream, signal), name, limits }, dispose }),
  };
}
