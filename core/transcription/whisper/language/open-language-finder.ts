import { branchModel } from '../../../inference/graph/graph-branch.ts';
import { madeOf } from '../../../inference/made-graphs.ts';
import type { ModelFile, Session, SessionOpener } from '../../../inference/session.ts';
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
export async function openWhisperLanguageFinder(
  files: WhisperFiles,
  open: SessionOpener,
): Promise<LanguageFinder> {
  const config = await readWhisperConfig(files);
  const { startOfTranscript, languages } = config;
  if (startOfTranscript === undefined || languages.size === 0) return openWhisper(files, open);
  const encoder = await openMade(files.encoder, open, ANY_LENGTH_ENCODER, (file) =>
    anyLengthEncoder(file, config),
  );
  if (encoder === undefined) return openWhisper(files, open);
  const firstScores = { ...files.decoder, inputs: FIRST_INPUTS, outputs: FIRST_OUTPUTS };
  const decoder = await openMade(firstScores, open, FIRST_SCORES, (file) =>
    branchModel(file, 'else_branch', FIRST_OUTPUTS),
  );
  if (decoder !== undefined)
    return new WhisperLanguageFinder({ encoder, decoder }, config, startOfTranscript);
  await encoder.release();
  return openWhisper(files, open);
}

/** Nothing where a file cannot be put into this form. */
async function openMade(
  model: ModelFile,
  open: SessionOpener,
  form: string,
  make: (file: Uint8Array) => Uint8Array | undefined,
): Promise<Session | undefined> {
  const session = await open(model, madeOf(model, form, make));
  if (session.form === form) return session;
  await session.release();
  return undefined;
}
