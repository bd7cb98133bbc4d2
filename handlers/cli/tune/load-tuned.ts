/** From files to the recordings of a study. */
import { readdir } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { InputUnavailableError, InvalidInputError } from '../../../core/errors.ts';
import { decodeObservations, type ObservationsOrigin } from '../../../core/observation/observations-file.ts';
import { hashOf, type TunedRecording } from '../../../core/tune/study/tuned-recording.ts';
import type { Segment } from '../../../core/timeline/turns.ts';
import { readInputFile } from '../../work/files/read-input-file.ts';
import { MAX_OBSERVATIONS_BYTES } from '../../work/jobs/resolve-observations.ts';
import { OBSERVATION_ENDINGS } from './observe-folder.ts';
import { loadRecordings, namesIn, type LoadedRecording } from '../evaluate/load-recordings.ts';

export type LoadedTuning = {
  readonly recordings: readonly TunedRecording[];
  /** Where all observations come from. */
  readonly origin: ObservationsOrigin;
};

/**
 * Observations of one or two folders with their references, paired by name.
 *
 * @throws InvalidInputError where a reference is missing, observations are of different encoders or presets, or a
 *   recording is in both folders; InputUnavailableError
 */
export async function loadTuning(
  folders: { readonly tuned: string; readonly validation?: string | undefined },
  referencePath: string,
  uem: ReadonlyMap<string, Segment[]> | undefined,
): Promise<LoadedTuning> {
  const { validation } = folders;
  const names = await Promise.all([folders.tuned, validation ?? folders.tuned].map(namesIn));
  const wanted = new Set(names.flatMap((some) => [...some]));
  const references = await loadRecordings(referencePath, { wanted });
  const tuned = await loadFolder(folders.tuned, references, uem, false);
  const apart = validation === undefined ? [] : await loadFolder(validation, references, uem, true);
  const all = [...tuned, ...apart];
  const twice = apart.find(({ recording }) => tuned.some((own) => own.recording.name === recording.name));
  if (twice !== undefined) {
    throw invalid(
      `${twice.recording.name} is tuned on and validated with; a recording can be one of the two`,
    );
  }
  return { recordings: all.map(({ recording }) => recording), origin: commonOrigin(all) };
}

type LoadedObservations = { readonly recording: TunedRecording; readonly origin: ObservationsOrigin };

async function loadFolder(
  folder: string,
  references: ReadonlyMap<string, LoadedRecording>,
  uem: ReadonlyMap<string, Segment[]> | undefined,
  isValidation: boolean,
): Promise<LoadedObservations[]> {
  const files = (await namesOf(folder))
    .filter((name) => OBSERVATION_ENDINGS.includes(extname(name).toLowerCase()))
    .sort();
  if (files.length === 0) {
    throw invalid(
      `${folder} holds no observations (${OBSERVATION_ENDINGS.join(', ')}) and no recordings; make them with colloquy diarize --save-observations`,
    );
  }
  const names = files.map((file) => basename(file, extname(file)));
  const missing = names.filter((name) => !references.has(name));
  if (missing.length > 0) throw invalid(`There is no reference for ${missing.join(', ')}`);
  const loaded: LoadedObservations[] = [];
  for (const [index, file] of files.entries()) {
    const name = names[index]!;
    const bytes = await readInputFile(join(folder, file), MAX_OBSERVATIONS_BYTES);
    const { observations, origin } = decodeObservations(bytes);
    const { result, recordingId } = references.get(name)!;
    const regions = uem?.get(recordingId) ?? uem?.get(name);
    if (uem !== undefined && regions === undefined) throw invalid(`The UEM has no region for ${name}`);
    const recording = {
      name,
      observations,
      reference: result.turns,
      ...(regions === undefined ? {} : { regions }),
      observationsHash: hashOf(bytes),
      referenceHash: hashOf(JSON.stringify([result.turns, regions ?? null])),
      isValidation,
    };
    loaded.push({ recording, origin });
  }
  return loaded;
}

async function namesOf(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (cause) {
    throw new InputUnavailableError(
      'file_not_found',
      `Expected a folder of observations, ${folder} cannot be read.`,
      {
        cause,
      },
    );
  }
}

/** Settings fit one encoder's vectors, as one preset lays them out. */
function commonOrigin(loaded: readonly LoadedObservations[]): ObservationsOrigin {
  const { origin, recording } = loaded[0]!;
  const modelsOf = ({ models }: ObservationsOrigin): string =>
    models
      .map(({ id }) => id)
      .sort()
      .join(', ');
  for (const other of loaded) {
    if (other.origin.preset === origin.preset && modelsOf(other.origin) === modelsOf(origin)) continue;
    throw invalid(
      `${recording.name} was observed with ${origin.preset} (${modelsOf(origin)}), ${other.recording.name} with ${other.origin.preset} (${modelsOf(other.origin)}); tune each on its own`,
    );
  }
  return origin;
}

function invalid(what: string): InvalidInputError {
  return new InvalidInputError('invalid_option', `${what}.`);
}
