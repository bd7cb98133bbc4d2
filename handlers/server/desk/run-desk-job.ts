import { checkJobWithoutAudio } from '../../work/jobs/job-without-audio.ts';
import { fetchedRecording, type JobRecording } from '../../work/jobs/job-recording.ts';
import type { JobServices } from '../../work/jobs/job-services.ts';
import { runRecordings } from '../../work/jobs/run-recordings.ts';
import type { DeskSource } from './desk-job.ts';
import type { RunDeskJob } from './desk-queue.ts';
import type { RecordingStore } from './recording-store.ts';

/** Runs jobs of the desk with the services of this process. */
export function deskJobRunner(services: JobServices, recordings: RecordingStore): RunDeskJob {
  return async ({ input, sources }, hooks) => {
    const checked = checkJobWithoutAudio(input, sources.length, services);
    const opened = sources.map((source) => recordingOf(source, services, recordings));
    return runRecordings(checked, opened, services, hooks);
  };
}

function recordingOf(source: DeskSource, services: JobServices, recordings: RecordingStore): JobRecording {
  if (!('recording' in source)) return fetchedRecording(source, services);
  const recording = recordings.jobRecording(source.recording);
  return {
    open: async (signal) => {
      const opened = await recording.open(signal);
      return { ...opened, audio: { ...opened.audio, limits: services.audioLimits } };
    },
  };
}
