/** From a model of the manifest to the files that its family opens. */
import { InvalidInputError } from '../../core/errors.ts';
import type { RecogniserFiles } from '../../core/transcription/recogniser-families.ts';
import type { FrontEnd } from '../../models/manifest.ts';
import { fileOfRole, graphOfRole, hasRole, type StoredModel } from '../../models/store.ts';

/** The family of a recogniser is told by what its encoder is fed with. */
const FILES_OF_FRONT_END: Readonly<Partial<Record<FrontEnd, (model: StoredModel) => RecogniserFiles>>> = {
  waveform: (model) => ({
    family: 'moonshine',
    files: {
      encoder: graphOfRole(model, 'encoder'),
      decoder: graphOfRole(model, 'decoder'),
      vocabularyPath: fileOfRole(model, hasRole(model, 'vocabulary') ? 'vocabulary' : 'tokenizer'),
      languages: model.entry.languages ?? [],
    },
  }),
  'whisper-log-mel-80': whisperFiles,
  'whisper-log-mel-128': whisperFiles,
  'nemo-mel-80': nemoFiles,
  'nemo-mel-128': nemoFiles,
};

function whisperFiles(model: StoredModel): RecogniserFiles {
  return {
    family: 'whisper',
    files: {
      encoder: graphOfRole(model, 'encoder'),
      decoder: graphOfRole(model, 'decoder'),
      tokenizerPath: fileOfRole(model, 'tokenizer'),
      configPath: fileOfRole(model, 'config'),
      generationConfigPath: fileOfRole(model, 'generation-config'),
    },
  };
}

function nemoFiles(model: StoredModel): RecogniserFiles {
  return {
    family: 'nemo',
    files: {
      encoder: graphOfRole(model, 'encoder'),
      decoder: hasRole(model, 'decoder') ? graphOfRole(model, 'decoder') : undefined,
      frontEnd: hasRole(model, 'preprocessor') ? graphOfRole(model, 'preprocessor') : undefined,
      vocabularyPath: fileOfRole(model, 'vocabulary'),
      configPath: hasRole(model, 'config') ? fileOfRole(model, 'config') : undefined,
      languages: model.entry.languages ?? [],
    },
  };
}

/**
 * The files of a recogniser.
 *
 * @throws InvalidInputError `invalid_option` for a model that recognises no speech, or of a family that is not run yet
 * @throws SpeechError `configuration_invalid` for a model that lacks a file
 */
export function recogniserFilesOf(model: StoredModel): RecogniserFiles {
  const { task, frontEnd } = model.entry;
  const filesOf = task === 'speech-recognition' ? FILES_OF_FRONT_END[frontEnd] : undefined;
  if (filesOf !== undefined) return filesOf(model);
  throw new InvalidInputError(
    'invalid_option',
    `${model.id} is no recogniser that Colloquy runs; choose another --model, such as moonshine-tiny.`,
    { details: { option: 'model' } },
  );
}
