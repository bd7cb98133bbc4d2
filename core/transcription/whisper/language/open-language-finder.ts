import { branchModel } from '../../../inference/graph/graph-branch.ts';
import { readModelFile } from '../../../inference/read-model-file.ts';
import type { MadeGraph, ModelFile, Session, SessionOpener } from '../../../inference/session.ts';
import type { LanguageFinder } from '../../recogniser.ts';
import { openWhisper, readWhisperConfig, type WhisperFiles } from '../open-whisper.ts';
import { ANY_LENGTH_ENCODER, anyLengthEncoder } from './any-length-encoder.ts';
import { WhisperLanguageFinder } from './whisper-language-finder.ts';

/** Names the form of the graph. */
const FIRST_SCORES = 'whisper-first-scores-1';
const FIRST_INPUTS = ['input_ids', 'encoder_hidden_states'];
const FIRST_OUTPUTS = ['logits'];

/**
 * Opens only what tells languages: an encoder of a few seconds and the part of a merged decoder that has no past. Models
 * in other forms are opened whole.
 *
 * @throws what `openWhisper` throws
 */
export async function openLanguageFinder(files: WhisperFiles, open: SessionOpener): Promise<LanguageFinder> {
  const config = await readWhisperConfig(files);
  const { startOfTranscript, languages } = config;
  if (startOfTranscript === undefined || languages.size === 0) return openWhisper(files, open);
  const encoder = await openMade(files.encoder, open, {
    form: ANY_LENGTH_ENCODER,
    make: async () => anyLengthEncoder(await bytesOf(files.encoder), config),
  });
  if (encoder === undefined) return openWhisper(files, open);
  const firstScores = { ...files.decoder, inputs: FIRST_INPUTS, outputs: FIRST_OUTPUTS };
  const decoder = await openMade(firstScores, open, {
    form: FIRST_SCORES,
    make: async () => branchModel(await bytesOf(files.decoder), 'else_branch', FIRST_OUTPUTS),
  });
  if (decoder !== undefined)
    return new WhisperLanguageFinder({ encoder, decoder }, config, startOfTranscript);
  await encoder.release();
  return openWhisper(files, open);
}

function bytesOf({ path, id }: ModelFile): Promise<Uint8Array> {
  return readModelFile(path, id, `A graph of ${id}`);
}

/** Nothing where a file cannot be put into this form. */
async function openMade(
  model: ModelFile,
  open: SessionOpener,
  graph: MadeGraph,
): Promise<Session | undefined> {
  const session = await open(model, graph);
  if (session.form === graph.form) return session;
  await session.release();
  return undefined;
}
