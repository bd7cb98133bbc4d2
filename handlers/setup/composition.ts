/** The composition root: configuration → models → engine. Everything with a side effect is born here. */
import { join } from 'node:path';
import type { ClusteringFiles } from '../../core/diarization/clustering-models.ts';
import { type DiarizationPreset, findPreset } from '../../core/diarization/presets.ts';
import type { DiarizationSetup } from '../../core/engine/tasks/diarize-task.ts';
import type { RecognitionTask } from '../../core/transcription/recogniser.ts';
import type { TranscriptionSetup } from '../../core/engine/tasks/transcribe-task.ts';
import { Engine, type EngineOptions } from '../../core/engine/engine.ts';
import type { ModelFile } from '../../core/inference/session.ts';
import type { CtcAlignerFiles } from '../../core/transcription/forced-alignment/open-ctc-aligner.ts';
import type { ModelUse } from '../../core/result/result.ts';
import { shippedManifest } from '../../models/manifest.ts';
import { inspectModelFolder } from '../../models/own/inspect-folder.ts';
import { mergeManifests, ownManifestPath, readOwnManifest } from '../../models/own/own-manifest.ts';
import { isOffline, type ModelFolders, modelFolders } from '../../models/model-folders.ts';
import {
  fileOfRole,
  graphOfRole,
  modelUse,
  type ModelCallOptions,
  type ModelStore,
  openModelStore,
  type StoredModel,
} from '../../models/store.ts';
import type { Config } from './config.ts';
import { alignerFilesIn, alignerFilesOf, isFolder } from './aligner-files.ts';
import { encoderFilesOf } from './encoder-files.ts';
import { recogniserFilesOf } from './recogniser-files.ts';

/** The store of models that the environment asks for, with other folders where they are given. */
export function openStore(
  { environment }: Pick<Config, 'environment'>,
  folders: Partial<ModelFolders> = {},
  offline = isOffline(environment),
): ModelStore {
  const ownManifest = ownManifestPath(environment);
  const proxy = environment.HTTPS_PROXY ?? environment.https_proxy;
  return openModelStore({
    manifest: mergeManifests(shippedManifest(), readOwnManifest(ownManifest), ownManifest),
    folders: { ...modelFolders(environment), ...folders },
    offline,
    huggingFaceEndpoint: environment.HF_ENDPOINT,
    network: proxy ? { proxy: { url: proxy, except: environment.NO_PROXY ?? environment.no_proxy } } : {},
  });
}

/**
 * Finds, and if need be fetches, the models of a preset.
 *
 * @throws InvalidInputError `invalid_option` for an unknown preset
 * @throws ModelError `model_missing`, `model_checksum_mismatch`, `model_download_failed`
 */
export async function diarizationSetup(
  store: ModelStore,
  presetName: string,
  call: ModelCallOptions = {},
): Promise<DiarizationSetup> {
  const preset = findPreset(presetName);
  const segmentation = await store.obtain(preset.segmentationModel, call);
  const embedding = await store.obtain(preset.embeddingModel, call);
  const plda = preset.pldaModel === undefined ? undefined : await store.obtain(preset.pldaModel, call);
  const models = [segmentation, embedding, ...(plda ? [plda] : [])];
  return {
    preset: preset.name,
    files: {
      segmentation: graphOfRole(segmentation),
      embedding: graphOfRole(embedding),
      ...encoderFilesOf(preset, embedding),
      ...clusteringFilesOf(preset, embedding, plda),
      uses: models.map(modelUse),
    },
  };
}

/** Writes down English, where no other recogniser is asked for: better there than the multilingual one, and cheaper. */
export const ENGLISH_RECOGNISER = 'moonshine-tiny';
/** Writes down everything else, and finds out the language. */
export const MULTILINGUAL_RECOGNISER = 'whisper-base-q8';

/** What is asked of a transcription, as far as it decides on models. */
export type TranscriptionChoice = {
  /** Id of the recogniser; by language where absent. */
  readonly model?: string | undefined;
  /** A folder that holds the recogniser, instead of an id. */
  readonly modelFolder?: string | undefined;
  /** Preset that tells speakers apart, `undefined` for nobody. */
  readonly preset?: string | undefined;
  readonly language?: string | null | undefined;
  readonly languagePerPiece?: boolean | undefined;
  readonly task?: RecognitionTask | undefined;
  /** What times words anew, by id or by its folder; absent: words keep the times of the recogniser. */
  readonly align?: string | undefined;
};

/**
 * Finds, and if need be fetches, what a transcription needs.
 *
 * @throws InvalidInputError `invalid_option` for an unknown preset, and for a model that is no recogniser
 * @throws ModelError `model_unknown`, `model_missing`, `model_checksum_mismatch`, `model_download_failed`
 */
export async function transcriptionSetup(
  store: ModelStore,
  choice: TranscriptionChoice,
  call: ModelCallOptions = {},
): Promise<TranscriptionSetup> {
  const diarization =
    choice.preset === undefined ? undefined : await diarizationSetup(store, choice.preset, call);
  const recogniser =
    choice.modelFolder === undefined
      ? await store.obtain(choice.model ?? recogniserFor(choice), call)
      : await modelInFolder(choice.modelFolder, choice.language);
  const multilingual = isUndecided(choice) ? await multilingualOf(store, call) : undefined;
  const vad = await store.obtain('silero-vad', call);
  const aligner = choice.align === undefined ? undefined : await alignerSetup(store, choice.align, call);
  return {
    recogniser: recogniserFilesOf(recogniser),
    ...(multilingual === undefined ? {} : { multilingual: recogniserFilesOf(multilingual) }),
    vad: graphOfRole(vad),
    aligner: aligner?.files,
    uses: [
      ...[recogniser, ...(multilingual === undefined ? [] : [multilingual]), vad].map(modelUse),
      ...(aligner ? [aligner.use] : []),
    ],
    ...(diarization === undefined ? {} : { diarization }),
  };
}

/** Silero VAD, which finds speech. */
export async function vadModel(store: ModelStore, call: ModelCallOptions = {}): Promise<ModelFile> {
  return graphOfRole(await store.obtain('silero-vad', call));
}

async function alignerSetup(
  store: ModelStore,
  reference: string,
  call: ModelCallOptions,
): Promise<{ readonly files: CtcAlignerFiles; readonly use: ModelUse }> {
  if (isFolder(reference)) {
    const files = alignerFilesIn(reference);
    return { files, use: { id: files.model.id, task: 'forced-alignment' } };
  }
  const model = await store.obtain(reference, call);
  return { files: alignerFilesOf(model), use: modelUse(model) };
}

/**
 * A model that no manifest lists; its checksums are taken, for the result to say what wrote it.
 *
 * @param language taken for the one it knows, where its files do not say
 */
async function modelInFolder(folder: string, language: string | null | undefined): Promise<StoredModel> {
  const entry = await inspectModelFolder(folder);
  const languages = language && entry.languages?.[0] !== 'mul' ? [language] : entry.languages;
  const paths = entry.files.map(({ name, path = name }) => [name, join(entry.folder!, path)]);
  return {
    id: entry.id,
    entry: { ...entry, languages },
    place: 'own-folder',
    paths: Object.fromEntries(paths) as Record<string, string>,
  };
}

/** English where nothing else is said: the language is looked at first. */
function recogniserFor({ language, languagePerPiece, task }: TranscriptionChoice): string {
  const isEnglish = (language ?? 'en') === 'en' && languagePerPiece !== true && task !== 'translate';
  return isEnglish ? ENGLISH_RECOGNISER : MULTILINGUAL_RECOGNISER;
}

/** Neither a model nor a language is asked for. */
function isUndecided(choice: TranscriptionChoice): boolean {
  return (
    choice.model === undefined &&
    choice.modelFolder === undefined &&
    (choice.language ?? null) === null &&
    recogniserFor(choice) === ENGLISH_RECOGNISER
  );
}

/** Without it, where its npm package is not installed, every recording is taken for English, as before there was one. */
async function multilingualOf(store: ModelStore, call: ModelCallOptions): Promise<StoredModel | undefined> {
  if ((await store.locate(MULTILINGUAL_RECOGNISER)) === undefined) return undefined;
  return store.obtain(MULTILINGUAL_RECOGNISER, call);
}

/** What a preset clusters with; clustering anew needs no other model. */
export async function clusteringFiles(store: ModelStore, presetName: string): Promise<ClusteringFiles> {
  const preset = findPreset(presetName);
  const { pldaModel, embeddingModel, encoder } = preset;
  const plda = pldaModel === undefined ? undefined : await store.obtain(pldaModel);
  const embedding = encoder.kind === 'pure-stretches' ? await store.obtain(embeddingModel) : undefined;
  return clusteringFilesOf(preset, embedding, plda);
}

/** Starts the engine with what the configuration says. */
export function startEngine(config: Config, options: Partial<EngineOptions> = {}): Promise<Engine> {
  return Engine.start({
    environment: config.engineEnvironment,
    provider: config.provider,
    laneCount: config.threads,
    savedGraphs: modelFolders(config.environment).graphs,
    ...options,
  });
}

function clusteringFilesOf(
  { encoder }: DiarizationPreset,
  embedding: StoredModel | undefined,
  plda: StoredModel | undefined,
): ClusteringFiles {
  return {
    ...(plda && {
      plda: { transformPath: fileOfRole(plda, 'transform'), pldaPath: fileOfRole(plda, 'plda') },
    }),
    ...(encoder.kind === 'pure-stretches' &&
      embedding && { conditionsPath: fileOfRole(embedding, 'conditions') }),
  };
}
