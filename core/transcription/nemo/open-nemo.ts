import { ModelError } from '../../errors.ts';
import { type GraphShapes, readGraphShapes } from '../../inference/graph/graph-shapes.ts';
import type { ModelFile, Session, SessionOpener } from '../../inference/session.ts';
import { readModelFile } from '../../inference/read-model-file.ts';
import { type NemoConfig, parseNemoConfig } from './nemo-config.ts';
import { graphFrontEnd, ownFrontEnd } from './nemo-features.ts';
import { ctcNetwork, type NemoNetwork, transducerNetwork } from './nemo-network.ts';
import { NemoVocabulary } from './nemo-vocabulary.ts';
import { DEFAULT_NEMO_OPTIONS, type NemoOptions, NemoRecogniser } from './nemo.ts';
import { TransducerDecoder, type TransducerKind, type TransducerOptions } from './transducer-decoder.ts';

/** Where the files of a NeMo model lie; found and verified by `models/store`. */
export type NemoFiles = {
  /** The encoder of a transducer, or the only graph of a CTC model. */
  readonly encoder: ModelFile;
  /** `decoder_joint`; absent in a CTC model. */
  readonly decoder?: ModelFile | undefined;
  /** `nemo80.onnx` or `nemo128.onnx`; absent: our own mel spectrogram, which needs no run. */
  readonly frontEnd?: ModelFile | undefined;
  /** `vocab.txt`. */
  readonly vocabularyPath: string;
  /** `config.json`; defaults of onnx-asr where absent. */
  readonly configPath?: string | undefined;
  /** ISO 639-1. */
  readonly languages: readonly string[];
};

/**
 * Loads a NeMo model: CTC without a decoder graph, RNN-T or TDT with one.
 *
 * @throws ModelError `model_missing`, `model_shape_mismatch` for files that are missing, damaged or of another model
 */
export async function openNemo(
  files: NemoFiles,
  open: SessionOpener,
  options: NemoOptions = DEFAULT_NEMO_OPTIONS,
): Promise<NemoRecogniser> {
  const { id } = files.encoder;
  const config = parseNemoConfig(
    files.configPath === undefined ? undefined : await readText(files.configPath, id),
    id,
  );
  const vocabulary = NemoVocabulary.parse(await readText(files.vocabularyPath, id), id);
  const opened: Session[] = [];
  const opener: SessionOpener = async (model) => {
    const session = await open(model);
    opened.push(session);
    return session;
  };
  try {
    const { network, session } = await openNemoNetwork(files, vocabulary, config, opener);
    const frontEnd =
      files.frontEnd === undefined
        ? ownFrontEnd(config.melCount)
        : graphFrontEnd(await opener(files.frontEnd));
    const { subsampling } = config;
    return new NemoRecogniser(
      { id, session, frontEnd, network, vocabulary, subsampling, languages: files.languages },
      options,
    );
  } catch (error) {
    await Promise.all(opened.map((session) => session.release()));
    throw error;
  }
}

/** The network alone, with the session that most of its time is spent in. */
export async function openNemoNetwork(
  files: Pick<NemoFiles, 'encoder' | 'decoder'>,
  vocabulary: NemoVocabulary,
  config: NemoConfig,
  open: SessionOpener,
): Promise<{ network: NemoNetwork; session: Session }> {
  const { kind } = config;
  const { decoder: joint } = files;
  if (kind !== undefined && (kind === 'ctc') !== (joint === undefined)) {
    throw new ModelError(
      'model_shape_mismatch',
      `The config.json of ${files.encoder.id} says ${kind}, but there is ${joint === undefined ? 'no' : 'a'} decoder_joint graph; its files may stem from different models.`,
      { details: { model: files.encoder.id } },
    );
  }
  if (joint === undefined) {
    const session = await open(files.encoder);
    return { network: ctcNetwork(session, vocabulary, config.subsampling), session };
  }
  const shapes = await readShapes(joint);
  const session = await open(files.encoder);
  const decoder = new TransducerDecoder(await open(joint), vocabulary, {
    kind: kind as TransducerKind | undefined,
    maxTokensPerFrame: config.maxTokensPerFrame,
    ...shapes,
  });
  return { network: transducerNetwork(session, decoder), session };
}

/** Sizes of the prediction network's states and of the scores differ by model; only the graph tells them. */
async function readShapes(joint: ModelFile): Promise<Pick<TransducerOptions, 'stateDims' | 'scoreCount'>> {
  const { inputs, outputs } = shapesOf(await readBytes(joint.path, joint.id), joint.id);
  const [first, second] = ['input_states_1', 'input_states_2'].map((name) => {
    const [layers, , width] = inputs.get(name) ?? [];
    return layers === undefined || width === undefined ? undefined : [layers, 1, width];
  });
  const scoreCount = outputs.get('outputs')?.at(-1);
  if (first !== undefined && second !== undefined && scoreCount !== undefined)
    return { stateDims: [first, second], scoreCount };
  throw notJoint(joint.id, 'has no states and scores of a fixed size');
}

function shapesOf(graph: Uint8Array, id: string): GraphShapes {
  try {
    return readGraphShapes(graph);
  } catch (cause) {
    throw notJoint(id, 'is no ONNX graph', cause);
  }
}

function notJoint(id: string, problem: string, cause?: unknown): ModelError {
  return new ModelError(
    'model_shape_mismatch',
    `The decoder of ${id} ${problem}; expected a decoder_joint graph of NeMo. colloquy models verify ${id} tells whether its files are whole.`,
    { details: { model: id }, cause },
  );
}

async function readText(path: string, id: string): Promise<string> {
  return new TextDecoder().decode(await readBytes(path, id));
}

function readBytes(path: string, id: string): Promise<Uint8Array> {
  return readModelFile(path, id, `A file of ${id}`);
}
