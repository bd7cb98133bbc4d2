import type { ModelFile, Session, SessionOpener } from '../../inference/session.ts';
import { vocabularyInBytesOf } from '../../inference/made-graphs.ts';
import { readModelText } from '../../inference/read-model-file.ts';
import { ByteLevelVocabulary } from './tokens/byte-level-vocabulary.ts';
import { parseWhisperConfig } from './whisper-config.ts';
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

/** The network alone, with the session that its decoder runs in. */
export async function openWhisperNetwork(
  files: WhisperFiles,
  open: SessionOpener,
): Promise<{ network: WhisperNetwork; decoder: Session }> {
  const { id } = files.decoder;
  const [tokenizer, configuration, generation] = await Promise.all(
    [files.tokenizerPath, files.configPath, files.generationConfigPath].map((path) =>
      readModelText(path, id, `A file of ${id} beside its graphs`),
    ),
  );
  const config = parseWhisperConfig(configuration!, generation!, id);
  const vocabulary = ByteLevelVocabulary.parse(tokenizer!, id);
  const tokens = new WhisperTokenizer(vocabulary, config.languages, config.isMultilingual, id);
  const graphs = [files.encoder, files.decoder, ...(files.decoderWithPast ? [files.decoderWithPast] : [])];
  const sessions = await openAll(graphs, open);
  const [encoder, decoder, withPast] = sessions;
  try {
    const network = new WhisperNetwork(
      encoder!,
      new WhisperDecoder(decoder!, withPast, config),
      tokens,
      config,
    );
    return { network, decoder: decoder! };
  } catch (error) {
    await Promise.all(sessions.map((session) => session.release()));
    throw error;
  }
}

/** All or none; the encoder first. */
async function openAll(
  [encoder, ...decoders]: readonly ModelFile[],
  open: SessionOpener,
): Promise<Session[]> {
  const openings = await Promise.allSettled([
    open(encoder!),
    ...decoders.map((decoder) => open(decoder, vocabularyInBytesOf(decoder))),
  ]);
  const sessions = openings.flatMap((opening) => (opening.status === 'fulfilled' ? [opening.value] : []));
  const failure = openings.find((opening) => opening.status === 'rejected');
  if (failure === undefined) return sessions;
  await Promise.all(sessions.map((session) => session.release()));
  throw failure.reason;
}
