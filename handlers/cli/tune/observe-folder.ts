/** Recordings in place of observations: observed once, kept beside the journal. */
import { mkdir, readdir, stat } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { DEFAULT_PRESET } from '../../../core/diarization/presets.ts';
import { openStore } from '../../setup/composition.ts';
import { notWritable, PendingFile } from '../../work/files/pending-file.ts';
import { withFileErrors } from '../../work/files/read-input-file.ts';
import { diarizeRequest } from '../../work/requests/diarize-request.ts';
import type { CliContext } from '../context.ts';
import { refuseSameNames } from '../output/output-plan.ts';
import { createMessenger } from '../output/progress.ts';
import { modelCalls } from '../options/engine-options.ts';
import { isRecordingName } from '../input/recordings-of-folder.ts';
import { withEngine } from '../input/work-on-inputs.ts';

export const OBSERVATION_ENDINGS = ['.observations', '.obs'];

/**
 * The folder with the observations of what is in a folder: itself, or one in which its recordings are observed now. A
 * recording that has not changed since is not observed again.
 *
 * @param cache  where observations of recordings are kept, by preset
 * @throws InputUnavailableError `file_not_found`, `file_not_readable`; what diarization throws
 */
export async function observationsOf(
  folder: string,
  cache: string,
  preset: string = DEFAULT_PRESET,
  context: CliContext,
): Promise<string> {
  const names = (await withFileErrors(folder, () => readdir(folder))).sort();
  const isObservation = (name: string): boolean => OBSERVATION_ENDINGS.includes(extname(name).toLowerCase());
  const recordings = names.filter(isRecordingName).map((name) => join(folder, name));
  if (names.some(isObservation) || recordings.length === 0) return folder;
  refuseSameNames(recordings, observationsName);
  const observed = join(cache, preset.replaceAll(/[^A-Za-z0-9._-]/g, '_'));
  await mkdir(observed, { recursive: true }).catch((error: unknown) => {
    throw notWritable(observed, error);
  });
  const missing: string[] = [];
  for (const path of recordings) if (!(await isCurrent(path, observed))) missing.push(path);
  if (missing.length > 0) await observeAll(missing, observed, preset, context);
  return observed;
}

async function observeAll(
  recordings: readonly string[],
  observed: string,
  preset: string,
  context: CliContext,
): Promise<void> {
  const options = { progress: 'auto' } as const;
  const messenger = createMessenger(options.progress, context.stderr);
  const calls = modelCalls(messenger, context);
  const prepare = () => diarizeRequest(openStore(context.config), { preset }, calls);
  await withEngine(options, messenger, context, prepare, async (command, request) => {
    const { engine, audioOf, hooksFor, warnOf } = command;
    for (const [index, path] of recordings.entries()) {
      const reference = { index, name: basename(path) };
      const file = await PendingFile.start(join(observed, observationsName(path)));
      try {
        const audio = audioOf(path, reference);
        const result = await engine.run(
          'diarize',
          { ...request, observationsPath: file.path, audio },
          hooksFor(reference),
        );
        await file.commit();
        warnOf(result, reference);
      } finally {
        await file.discard();
      }
    }
  });
}

function observationsName(path: string): string {
  return `${basename(path, extname(path))}.observations`;
}

/** Observed after it was last written. */
async function isCurrent(path: string, observed: string): Promise<boolean> {
  const made = await stat(join(observed, observationsName(path))).catch(() => undefined);
  return made !== undefined && made.mtimeMs >= (await stat(path)).mtimeMs;
}
