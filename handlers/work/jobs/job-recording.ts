import type { AudioRequest } from '../../../core/engine/audio-request.ts';
import type { AudioLimits } from '../../../core/audio/limits.ts';
import type { AudioSource, JobInput } from '../../../sdk/contract/index.ts';
import type { AudioFetcher } from '../fetch-audio/index.ts';

/** A file, or the bytes of one as they come: what a recording of a job is once it is here. */
export type RecordingAudio = Exclude<AudioRequest, { readonly samples: unknown }>;

/** A recording that can be read; whoever opened it disposes of it. */
export type OpenRecording = {
  readonly audio: RecordingAudio;
  dispose(): Promise<void>;
};

/** A recording of a job, fetched when it is its turn. */
export type JobRecording = { open(signal: AbortSignal): Promise<OpenRecording> };

/**
 * The recordings of each result: one each, or the two of a comparison.
 *
 * @param all of the job, in its order
 */
export function recordingsByResult<Recording>(
  { task }: Pick<JobInput, 'task'>,
  all: readonly Recording[],
): (readonly Recording[])[] {
  return task === 'compare' ? [all] : all.map((recording) => [recording]);
}

/** What fetches recordings, and what they must keep. */
type FetchServices = { readonly fetcher: AudioFetcher; readonly audioLimits: Partial<AudioLimits> };

/** A recording that is somewhere else, to be fetched to this machine. */
export function fetchedRecording(source: AudioSource, { fetcher, audioLimits }: FetchServices): JobRecording {
  return {
    open: async (signal) => {
      const fetched = await fetcher.fetch(source, signal);
      const audio = { path: fetched.path, name: 'the recording', limits: audioLimits };
      return { audio, dispose: () => fetched.dispose() };
    },
  };
}

/** The recordings that a job names. */
export function fetchedRecordings(
  { audio }: { readonly audio: AudioSource | readonly AudioSource[] },
  services: FetchServices,
): JobRecording[] {
  const sources = 'length' in audio ? audio : [audio];
  return sources.map((source) => fetchedRecording(source, services));
}

/** Opens all recordings of one result; none stays open when one cannot be had. */
export async function openAll(
  recordings: readonly JobRecording[],
  signal: AbortSignal,
): Promise<OpenRecording[]> {
  const settled = await Promise.allSettled(recordings.map((recording) => recording.open(signal)));
  const opened = settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  const failed = settled.find((one) => one.status === 'rejected');
  if (failed === undefined) return opened;
  await Promise.all(opened.map((recording) => recording.dispose()));
  throw failed.reason;
}
