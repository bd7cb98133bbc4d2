import type { ResultWarning } from '../../result/result.ts';
import type { Aligner } from '../forced-alignment/aligner.ts';
import type { Recognition, RecognitionOptions } from '../recogniser.ts';
import type { SpeechPiece } from './split-speech.ts';

/**
 * Times the words of a piece anew, from its sound and text. Text in a language whose letters the aligner does not know
 * keeps the times of the recogniser, with a warning.
 *
 * @throws ModelError, CapacityError, CanceledError
 */
export async function alignRecognition(
  aligner: Aligner,
  recognition: Recognition,
  { samples }: SpeechPiece,
  { language: asked, signal }: Pick<RecognitionOptions, 'language' | 'signal'>,
): Promise<Recognition> {
  const language = recognition.language ?? asked;
  const isKnown = language === null || aligner.languages.length === 0 || aligner.languages.includes(language);
  if (!isKnown) return { ...recognition, warnings: [...recognition.warnings, skipped(aligner, language)] };
  const { segments, warnings } = await aligner.align(samples, recognition.segments, { language, signal });
  return { ...recognition, segments, warnings: [...recognition.warnings, ...warnings] };
}

function skipped({ id, languages }: Aligner, language: string): ResultWarning {
  return {
    code: 'alignment_skipped',
    message: `${id} aligns ${languages.join(', ')}, not ${language}; words keep the times of the recogniser.`,
  };
}
