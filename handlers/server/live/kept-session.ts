/** A live session whose client wants to have it afterwards: its sound as a recording, its result as a job that has ended. */
import { once } from 'node:events';
import { open } from 'node:fs/promises';
import { PassThrough } from 'node:stream';
import { encodeWav } from '../../../core/audio/wav/wav-writer.ts';
import type { Edit } from '../../../core/result/edit.ts';
import { isTranscript } from '../../../core/result/result.ts';
import type { LiveEvent } from '../../../core/result/live/live-events.ts';
import { SAMPLE_RATE } from '../../../core/timeline/sliding-window.ts';
import { type JobResult, SCHEMA_VERSION } from '../../../sdk/contract/index.ts';
import type { SpooledFile } from '../http/spool.ts';
import type { ServerContext } from '../server-context.ts';

type LiveResultEvent = Extract<LiveEvent, { type: 'result' }>;

/** Where the sizes of a WAV file stand; the header is 44 bytes long. */
const HEADER_BYTES = 44;
const RIFF_SIZE_AT = 4;
const DATA_SIZE_AT = 40;

export class KeptSession {
  readonly #context: ServerContext;
  readonly #owner: string;
  readonly #startedAt = new Date();
  readonly #sound = new PassThrough();
  readonly #file: Promise<SpooledFile | undefined>;

  constructor(context: ServerContext, owner: string) {
    this.#context = context;
    this.#owner = owner;
    // Without its sound a session still ends with its result: whoever keeps it is told that there is none.
    this.#file = context.spool.write(this.#sound, context.limits.maxFileBytes).catch(() => undefined);
    this.#sound.write(headerOf(0));
  }

  /** @param block 16 kHz mono */
  async write(block: Float32Array): Promise<void> {
    if (this.#sound.destroyed) return;
    const samples = encodeWav(block, { sampleRate: SAMPLE_RATE }).subarray(HEADER_BYTES);
    if (!this.#sound.write(samples)) await Promise.race([once(this.#sound, 'drain'), this.#file]);
  }

  /**
   * @param names that somebody gave to labels of the session while it ran
   * @returns the id of the job
   */
  async keep({ result, labels }: LiveResultEvent, names: ReadonlyMap<string, string>): Promise<string> {
    const { desk, edits, recordings } = this.#context;
    const owner = this.#owner;
    this.#sound.end();
    const file = await this.#file;
    if (file === undefined) throw new Error('The sound of the session could not be written.');
    await writeSizes(file);
    const recording = await recordings.add(file.path, { name: nameOf(this.#startedAt), owner });
    const request = {
      input: { task: result !== null && isTranscript(result) ? 'transcribe' : 'diarize' },
      sources: [{ recording: recording.id }],
      owner,
      isKept: true,
    };
    const { id } = await desk.keepDone(request, outputOf(request.input.task, result));
    const renames = [...names].flatMap(([label, name]): Edit[] => {
      const speaker = labels[label];
      return speaker === undefined ? [] : [{ op: 'rename', speaker, name }];
    });
    if (renames.length > 0) await edits.write(id, 0, renames, '*');
    return id;
  }

  /** Nothing is left of it. */
  discard(): void {
    this.#sound.destroy();
  }
}

function outputOf(task: string, result: LiveResultEvent['result']): JobResult {
  return { schemaVersion: SCHEMA_VERSION, task, results: [{ index: 0, result }], warnings: [] } as JobResult;
}

function nameOf(startedAt: Date): string {
  const [day, time] = startedAt.toISOString().split('T') as [string, string];
  return `Live ${day} ${time.slice(0, 5)} UTC`;
}

function headerOf(dataBytes: number): Uint8Array {
  const header = encodeWav(new Float32Array(0), { sampleRate: SAMPLE_RATE });
  const view = new DataView(header.buffer);
  view.setUint32(RIFF_SIZE_AT, HEADER_BYTES - 8 + dataBytes, true);
  view.setUint32(DATA_SIZE_AT, dataBytes, true);
  return header;
}

/** The header is written first, when nobody knows how long the sound will be. */
async function writeSizes({ path, bytes }: SpooledFile): Promise<void> {
  const handle = await open(path, 'r+');
  try {
    await handle.write(headerOf(bytes - HEADER_BYTES), 0, HEADER_BYTES, 0);
  } finally {
    await handle.close();
  }
}
