import type { AudioBlocks } from '../../audio/waveform.ts';
import type { ResultWarning } from '../../result/result.ts';
import type { Segment } from '../../timeline/turns.ts';
import type { FoundLanguage, Recogniser, RecognitionOptions } from '../recogniser.ts';
import type { TranscriptionModels } from '../transcription-models.ts';
import { listenForLanguage } from './listen-for-language.ts';

/**
 * Below, another language is as likely as the one found. Of eight synthetic voices (`npm run bench -- languages`) Whisper
 * base finds five with 0.73 and more, and takes three for another language with 0.45 and less.
 */
const SURE_PROBABILITY = 0.5;

/** Who writes down a recording, and in which language. */
export type RecogniserChoice = {
  readonly recogniser: Recogniser;
  /** `null` where the recogniser finds it out for every piece, or its only one is meant. */
  readonly language: string | null;
  /** Languages that parts of it are clearly in, besides. */
  readonly others: readonly string[];
  /** What a reader should know of how the language was found. */
  readonly warnings: readonly ResultWarning[];
  /** The recording from its beginning. */
  readonly blocks: AudioBlocks;
};

/**
 * Finds out the language of a recording once, by several pieces of its speech, unless it is given or asked for piece by
 * piece. The recogniser that is meant for the language it knows writes it down, the multilingual one everything else.
 *
 * Found anew for every piece, a few seconds of English are taken for Latin or Welsh now and then.
 *
 * @throws what the audio throws; ModelError; CanceledError
 */
export async function chooseRecogniser(
  blocks: AudioBlocks,
  { recogniser, multilingual, vad }: Pick<TranscriptionModels, 'recogniser' | 'multilingual' | 'vad'>,
  {
    language,
    languagePerPiece,
    clips,
    signal,
  }: RecognitionOptions & { readonly clips?: readonly Segment[] | undefined },
): Promise<RecogniserChoice> {
  const find = multilingual?.findLanguage ?? recogniser.findLanguage?.bind(recogniser);
  if (language !== null || languagePerPiece === true || find === undefined)
    return { recogniser, language, others: [], warnings: [], blocks };
  const heard = await listenForLanguage(vad, blocks, clips, signal);
  if (heard.sound.length === 0)
    return { recogniser, language: null, others: [], warnings: [], blocks: heard.blocks };
  const found = await find(heard.sound, signal);
  const isOwn = multilingual === undefined || recogniser.capabilities.languages.includes(found.language);
  return {
    recogniser: isOwn ? recogniser : await multilingual.open(),
    language: found.language,
    others: found.others ?? [],
    warnings: found.probability < SURE_PROBABILITY ? [unsure(found)] : [],
    blocks: heard.blocks,
  };
}

function unsure({ language, probability }: FoundLanguage): ResultWarning {
  const message = `The recording was taken for ${language} (probability ${probability.toFixed(2)}), which is a guess: name its language if it is another one.`;
  return { code: 'language_unsure', message };
}
