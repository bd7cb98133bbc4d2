import type { MadeGraph, ModelFile, Session, SessionOpener } from '../../inference/session.ts';
import { fusedAttentionOf, vocabularyInBytesOf } from '../../inference/made-graphs.ts';
import { readModelText } from '../../inference/read-model-file.ts';
import { ByteLevelVocabulary } from './tokens/byte-level-vocabulary.ts';
import { type SplitDecoder, splitDecoder } from './split-decoder.ts';
import { parseWhisperConfig, type WhisperConfig } from './whisper-config.ts';
import { WhisperDecoder } from './decode/whisper-decoder.ts';
import { WhisperNetwork } from './whisper-network.ts';
import { WhisperTokenizer } from './tokens/whisper-tokenizer.ts';
import { DEFAULT_WHISPER_OPTIONS, type WhisperOptions, WhisperRecogniser } from './whisper.ts';

/** Where the files of a Whisper model lie; found and verified by `models/store`. */
export type WhisperFiles = {
  readonly encoder: ModelFile;
  /** `decoder_model_merged`, or `decoder_model` with `decoderWithPast`. */
  readonly decoder: ModelFile;
  readonly decoderWithPast?: ModelFile | undefined;
  /** `tokenizer.json`. */
  readonly tokenizerPath: string;
  /** `config.json`. */
  readonly configPath: string;
  /** `generation_config.json`. */
  readonly generationConfigPath: string;
};

/**
 * Loads a Whisper model.
 *
 * @throws ModelError `model_missing`, `model_shape_mismatch` for files that are missing, damaged or of another model
 */
export async function openWhisper(
  files: WhisperFiles,
  open: SessionOpener,
  options: WhisperOptions = DEFAULT_WHISPER_OPTIONS,
): Promise<WhisperRecogniser> {
  const { network, decoder } = await openWhisperNetwork(files, open);
  return new WhisperRecogniser(network, decoder, options);
}

/** What the files say of the model. @throws ModelError */
export async function readWhisperConfig({
  decoder: { id },
  configPath,
  generationConfigPath,
}: WhisperFiles): Promise<WhisperConfig> {
  const [configuration, generation] = await Promise.all(
    [configPath, generationConfigPath].map((path) => readBeside(path, id)),
  );
  return parseWhisperConfig(configuration!, generation!, id);
}

function readBeside(path: string, id: string): Promise<string> {
  return readModelText(path, id, `A file of ${id} beside its graphs`);
}

/** The network alone, with the session that its decoder runs in. */
export async function openWhisperNetwork(
  files: WhisperFiles,
  open: SessionOpener,
): Promise<{ network: WhisperNetwork; decoder: Session }> {
  const { id } = files.decoder;
  const [tokenizer, config] = await Promise.all([
    readBeside(files.tokenizerPath, id),
    readWhisperConfig(files),
  ]);
  const vocabulary = ByteLevelVocabulary.parse(tokenizer, id);
  const tokens = new WhisperTokenizer(vocabulary, config.languages, config.isMultilingual, id);
  const split = await splitDecoder(files.decoder, config);
  const graphs = [encoderGraph(files.encoder, config), ...decoderGraphs(files, split)];
  const [encoder, decoder, second] = await openAll(graphs, open);
  const sessions = [encoder!, decoder!, ...(second === undefined ? [] : [second])];
  try {
    const parts = { decoder: decoder!, [split === undefined ? 'withPast' : 'crossKeys']: second };
    const network = new WhisperNetwork(encoder!, new WhisperDecoder(parts, config), tokens, config);
    return { network, decoder: decoder! };
  } catch (error) {
    await Promise.all(sessions.map((session) => session.release()));
    throw error;
  }
}

/** A file and what may be made of it. */
type Graph = { readonly model: ModelFile; readonly graph?: MadeGraph | undefined };

/** Its tensors of all frames by all frames are large, and few: memory goes back after each window. */
function encoderGraph(encoder: ModelFile, { encoderHeadCount }: WhisperConfig): Graph {
  return { model: { ...encoder, arena: false }, graph: fusedAttentionOf(encoder, encoderHeadCount) };
}

function decoderGraphs({ decoder, decoderWithPast }: WhisperFiles, split: SplitDecoder | undefined): Graph[] {
  if (split !== undefined) return [split.steps, split.crossKeys];
  const files = decoderWithPast === undefined ? [decoder] : [decoder, decoderWithPast];
  return files.map((model) => ({ model, graph: vocabularyInBytesOf(model) }));
}

/** All or none. */
async function openAll(graphs: readonly Graph[], open: SessionOpener): Promise<Session[]> {
  const openings = await Promise.allSettled(graphs.map(({ model, graph }) => open(model, graph)));
  const sessions = openings.flatMap((opening) => (opening.status === 'fulfilled' ? [opening.value] : []));
  const failure = openings.find((opening) => opening.status === 'rejected');
  if (failure === undefined) return sessions;
  await Promise.all(sessions.map((session) => session.release()));
  throw failure.reason;
}
