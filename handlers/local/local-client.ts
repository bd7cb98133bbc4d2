import type { VoiceStore } from '../../core/verification/voices/voice-store.ts';
import type { AudioInput } from '../../sdk/audio/audio-input.ts';
import type { Job } from '../../sdk/client/job.ts';
import { prepareRequest, type SubmitRequest } from '../../sdk/client/job-request.ts';
import { asDiarization, type Diarization } from '../../sdk/client/results.ts';
import { type CallOptions, takeCall } from '../../sdk/client/task-call.ts';
import { TaskClient } from '../../sdk/client/task-client.ts';
import { InvalidRequestError } from '../../sdk/errors/errors.ts';
import { withinLimits } from '../../sdk/limits.ts';
import type { Task } from '../../sdk/wire.ts';
import { PendingFile } from '../work/files/pending-file.ts';
import { readInputFile } from '../work/files/read-input-file.ts';
import type { JobServices } from '../work/jobs/job-services.ts';
import { MAX_OBSERVATIONS_BYTES, resolveObservations } from '../work/jobs/resolve-observations.ts';
import { checkJob } from '../work/jobs/run-job.ts';
import { runRecordings } from '../work/jobs/run-recordings.ts';
import { checkPart } from '../../core/diarization/observe-recording-part.ts';
import { findPreset } from '../../core/diarization/presets.ts';
import type { RecordingPart } from '../../core/observation/recording-part.ts';
import { diarizeRequest } from '../work/requests/diarize-request.ts';
import { speakerBoundsOf } from '../work/requests/speaker-bounds.ts';
import { localRecording } from './local-audio.ts';
import { withLocalErrors } from './local-errors.ts';
import { LocalJob } from './local-job.ts';
import type {
  LocalColloquy,
  LocalVoices,
  ObservedPart,
  ObservePartOptions,
  ResolveCallOptions,
} from './local-colloquy.ts';
import { VoicesClient } from './voices-client.ts';

/** Everything that is open, and how it is closed. */
export type LocalServices = JobServices & {
  /** Enrolled voices. */
  readonly voices: VoiceStore;
  readonly close: () => Promise<void>;
};

/** What `openColloquy` gives: every task, done by the engine of this program. */
export class LocalClient extends TaskClient implements LocalColloquy {
  readonly voices: LocalVoices;
  readonly #services: LocalServices;

  constructor(services: LocalServices) {
    super();
    this.#services = services;
    const { voices: store, models } = services;
    this.voices = new VoicesClient({ store, models, embed: (audio, options) => this.embed(audio, options) });
  }

  async observe(audio: AudioInput, file: string, options: CallOptions<'diarize'> = {}): Promise<Diarization> {
    const { request, wait } = takeCall<'diarize'>(audio, options);
    const pending = await withLocalErrors(() => PendingFile.start(file, OWNER_ONLY));
    try {
      const job = await this.#start<'diarize'>({ ...request, task: 'diarize' }, pending.path);
      const result = await job.result(wait);
      await withLocalErrors(() => pending.commit());
      return result;
    } finally {
      await pending.discard();
    }
  }

  async observePart(
    audio: AudioInput,
    file: string,
    part: RecordingPart,
    { preset, channel, audioTrack, ...limits }: ObservePartOptions = {},
  ): Promise<ObservedPart> {
    const { engine, models, audioLimits } = this.#services;
    return withinLimits(limits, (signal) =>
      withLocalErrors(async () => {
        const request = await diarizeRequest(models, { preset }, { signal });
        checkPart(findPreset(request.preset), part);
        const recording = await (await localRecording(audio, this.#services)).open(signal);
        const pending = await PendingFile.start(file, OWNER_ONLY);
        try {
          const heard = { ...recording.audio, channel, audioTrack, limits: audioLimits };
          const { files, preset: name } = request;
          const work = { files, preset: name, part, observationsPath: pending.path, audio: heard };
          const {
            durationSeconds: heardSeconds,
            isLast,
            warnings,
          } = await engine.run('observe', work, { signal });
          await pending.commit();
          return { heardSeconds, isLast, warnings };
        } finally {
          await pending.discard();
          await recording.dispose();
        }
      }),
    );
  }

  resolve(
    observations: string | Uint8Array | readonly (string | Uint8Array)[],
    options: ResolveCallOptions = {},
  ): Promise<Diarization> {
    const { preset, signal, timeoutMs, ...bounds } = options;
    return withinLimits({ signal, timeoutMs }, (running) =>
      withLocalErrors(async () => {
        const parts =
          typeof observations === 'string' || 'buffer' in observations ? [observations] : observations;
        const files = await Promise.all(
          parts.map(async (one) =>
            typeof one === 'string' ? readInputFile(one, MAX_OBSERVATIONS_BYTES) : one,
          ),
        );
        const { models } = this.#services;
        return asDiarization(
          await resolveObservations(files, preset, speakerBoundsOf(bounds), models, running),
        );
      }),
    );
  }

  close(): Promise<void> {
    return this.#services.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  protected override start<T extends Task>(request: SubmitRequest<T>): Promise<Job<T>> {
    return this.#start<T>(request);
  }

  async #start<T extends Task>(request: SubmitRequest<T>, observationsPath?: string): Promise<Job<T>> {
    const services = this.#services;
    const prepared = prepareRequest(request);
    if (prepared.withoutAudio.webhook !== undefined) {
      throw new InvalidRequestError(
        'invalid_option',
        'A job of this machine has no webhook; wait for its result instead.',
      );
    }
    const recordings = await Promise.all(prepared.audio.map((audio) => localRecording(audio, services)));
    return new LocalJob<T>(async (hooks) => {
      const job = checkJob(prepared.withoutAudio, services);
      return runRecordings(job, recordings, services, { ...hooks, observationsPath });
    });
  }
}

/** What the models saw tells voices apart: it is for the eyes of its owner. */
const OWNER_ONLY = 0o600;
