import * as z from 'zod';
import { DependencyError, ModelError } from '../core/errors.ts';
import shipped from './manifest.json' with { type: 'json' };

/** What a model is for. */
export const MODEL_TASKS = [
  'segmentation',
  'speaker-embedding',
  'vad',
  'plda',
  'speech-recognition',
  'forced-alignment',
] as const;
export type ModelTask = (typeof MODEL_TASKS)[number];

/** Which features a network wants to be fed with; the code of each lives in `core/dsp`. */
export const FRONT_ENDS = [
  'none',
  'waveform',
  'wespeaker-fbank',
  '3dspeaker-fbank',
  'ge2e-mel',
  'ecapa-fbank',
  'nemo-mel-80',
  'nemo-mel-128',
  'whisper-log-mel-80',
  'whisper-log-mel-128',
] as const;
export type FrontEnd = (typeof FRONT_ENDS)[number];

/** What a file is within its model. One model has at most one file of a role. */
export const FILE_ROLES = [
  'model',
  'encoder',
  'decoder',
  'preprocessor',
  'weights',
  'decoder-weights',
  'mean',
  'cohort',
  'conditions',
  'transform',
  'plda',
  'vocabulary',
  'tokenizer',
  'config',
  'generation-config',
] as const;
export type FileRole = (typeof FILE_ROLES)[number];

const text = z.string().trim().min(1);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'a SHA-256 is 64 lower-case hexadecimal digits');
const fileName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._+-]*$/, 'a file name is letters, digits and . _ + - without any folder');
const pathInRepository = z
  .string()
  .regex(
    /^(?!.*(?:^|\/)\.{1,2}(?:\/|$))[A-Za-z0-9._+-]+(?:\/[A-Za-z0-9._+-]+)*$/,
    'a relative path without . or ..',
  );

const sourceSchema = z.union([
  z.strictObject({ url: z.url({ protocol: /^https$/, error: 'a source is an https:// URL' }) }),
  z.strictObject({
    huggingFace: z.strictObject({
      repository: z
        .string()
        .regex(/^[A-Za-z0-9][\w.-]*\/[A-Za-z0-9][\w.-]*$/, 'a repository is organisation/name'),
      /** A commit, or a branch or tag where no commit is recorded: the checksum decides in any case. */
      revision: z.string().regex(/^[A-Za-z0-9][\w.-]*$/, 'a revision is a commit, branch or tag'),
      path: pathInRepository,
    }),
  }),
]);

const fileSchema = z.strictObject({
  name: fileName,
  /** Within the folder of an own model, where it is not its name. */
  path: pathInRepository.optional(),
  role: z.enum(FILE_ROLES),
  /** Absent where nobody has told it: then it is recorded at the first use, see `recorded-checksums.ts`. */
  sha256: sha256.optional(),
  bytes: z.int().positive().optional(),
  /** Names that the graph must have (it may have more); absent for files that are no graphs. */
  tensors: z.strictObject({ inputs: z.array(text), outputs: z.array(text) }).optional(),
  /** Where the file can be had, best first; absent for embedded files that are published nowhere in this form. */
  sources: z.array(sourceSchema).min(1).optional(),
});

const modelSchema = z
  .strictObject({
    id: z
      .string()
      .regex(/^[a-z0-9][a-z0-9.-]{0,79}$/, 'an id is lower-case letters, digits, . and -, at most 80'),
    title: text,
    task: z.enum(MODEL_TASKS),
    /** True for models that ship in `models/embedded/<id>/`. */
    embedded: z.boolean().default(false),
    /** The npm package that carries an embedded model which is too large for the main one. */
    npmPackage: z
      .string()
      .regex(/^colloquy-[a-z0-9-]+$/, 'the package of a model is called colloquy-…')
      .optional(),
    /** Where an own model of the user lies, an absolute path; absent for all that ship or are published. */
    folder: text.optional(),
    licence: z.strictObject({
      spdx: text,
      attribution: text,
      /** Licence text beside the files of an embedded model. */
      file: fileName.optional(),
      /** What was changed against the publication, where anything was. */
      changes: text.optional(),
    }),
    sampleRate: z.int().positive(),
    frontEnd: z.enum(FRONT_ENDS),
    /** Values in one speaker embedding (of the network, or that a PLDA expects). */
    embeddingDimension: z.int().positive().optional(),
    /** BCP 47 codes; `mul` for many. */
    languages: z.array(text).min(1).optional(),
    /** How a score becomes a probability, and on which data that was fitted. */
    calibration: z
      .strictObject({ method: text, data: text, parameters: z.record(z.string(), z.number()) })
      .optional(),
    files: z.array(fileSchema).min(1),
    notes: text.optional(),
  })
  .superRefine((model, context) => {
    const names = model.files.map((file) => file.name);
    const fail = (message: string, path: string) =>
      context.addIssue({ code: 'custom', message, path: [path] });
    if (new Set(names).size < names.length) fail('two files have the same name', 'files');
    const roles = model.files.map((file) => file.role);
    if (new Set(roles).size < roles.length) fail('two files have the same role', 'files');
    if (model.embedded && model.licence.file === undefined)
      fail('an embedded model names its licence file', 'licence');
    const isElsewhere = !model.embedded && model.folder === undefined;
    if (isElsewhere && model.files.some((file) => file.sources === undefined)) {
      fail('a file of a model that is not embedded needs sources', 'files');
    }
    const isOnHub = ({ sources = [] }: z.infer<typeof fileSchema>) =>
      isElsewhere && sources.length > 0 && sources.every((source) => 'huggingFace' in source);
    if (model.files.some((file) => file.sha256 === undefined && !isOnHub(file))) {
      fail('a file needs its sha256, unless it is fetched from Hugging Face alone', 'files');
    }
    if (model.task === 'speaker-embedding' && model.embeddingDimension === undefined) {
      fail('a speaker encoder says its embeddingDimension', 'embeddingDimension');
    }
  });

const manifestSchema = z
  .strictObject({ schemaVersion: z.literal(1), models: z.array(modelSchema) })
  .superRefine((manifest, context) => {
    const seen = new Set<string>();
    manifest.models.forEach((model, index) => {
      if (seen.has(model.id)) {
        context.addIssue({
          code: 'custom',
          message: `the id ${model.id} is taken`,
          path: ['models', index, 'id'],
        });
      }
      seen.add(model.id);
    });
  });

export type ModelSource = z.infer<typeof sourceSchema>;
export type HuggingFaceFile = Extract<ModelSource, { huggingFace: unknown }>['huggingFace'];
export type ManifestFile = z.infer<typeof fileSchema>;
/** A file whose checksum is known. */
export type CheckedFile = ManifestFile & { readonly sha256: string };
/** One model: its files with checksums, where they can be had, its licence and what it is for. */
export type ManifestModel = z.infer<typeof modelSchema>;
/** One model, all of whose checksums are known. */
export type CheckedModel = Omit<ManifestModel, 'files'> & { readonly files: CheckedFile[] };
/** Everything that may be loaded: a model that is not here is unknown. */
export type ModelManifest = z.infer<typeof manifestSchema>;

/**
 * Checks a manifest and fills in its defaults.
 *
 * @param where what the message calls the manifest, e.g. its file name
 * @throws SpeechError `configuration_invalid` that lists every fault with its place
 */
export function parseManifest(value: unknown, where: string): ModelManifest {
  const result = manifestSchema.safeParse(value);
  if (result.success) return result.data;
  throw new DependencyError(
    'configuration_invalid',
    `${where} is not a valid model manifest; see models/README.md for the form of an entry.\n${z.prettifyError(result.error)}`,
    { details: { faults: result.error.issues.length } },
  );
}

let parsed: ModelManifest | undefined;

/** The manifest that ships with Colloquy, `models/manifest.json`; parsed on first use. */
export function shippedManifest(): ModelManifest {
  return (parsed ??= parseManifest(shipped, 'models/manifest.json'));
}

/**
 * The entry of a model.
 *
 * @throws SpeechError `model_unknown` that lists the known ids
 */
export function findModel(manifest: ModelManifest, id: string): ManifestModel {
  const model = manifest.models.find((candidate) => candidate.id === id);
  if (model) return model;
  const known = manifest.models.map((candidate) => candidate.id);
  const start = id.slice(0, 4).toLowerCase();
  const near = start === '' ? [] : known.filter((candidate) => candidate.includes(start));
  const hint = near.length > 0 ? `Similar ids: ${near.join(', ')}. ` : '';
  throw new ModelError(
    'model_unknown',
    `There is no model ${JSON.stringify(id.slice(0, 100))}. ${hint}\`colloquy models list\` names all.`,
    { details: { model: id.slice(0, 100), known } },
  );
}
