/** What nobody said: tokens that a decoder writes for sound it cannot make out, and that the reference writes down. */
import { foreignLetters } from '../text/alphabets.ts';
import type { ResultWarning } from '../result/result.ts';
import { keepWords } from './keep-words.ts';
import type { RecognisedSegment } from './recogniser.ts';

/**
 * Mean probability below which text is made up: e⁻². openai-whisper tries another temperature below e⁻¹ and keeps what
 * the last one gives; text for noise and odd voices has e⁻³ to e⁻⁶ then.
 */
const LEAST_CONFIDENCE = 0.13;

/** Control tokens spelled out, letter by letter. */
const CONTROL = /<\|[^<>]{0,30}\|>/gu;

export const UNSPOKEN_DROPPED: ResultWarning = {
  code: 'unspoken_text',
  message:
    'Text that nobody can have said was dropped: written with very little certainty, or in letters of another language.',
};

/**
 * Leaves out text of next to no certainty, control tokens that stand in the text, and words in letters that the language is not written in.
 *
 * @param language of the text; `null` where it is not known
 */
export function spokenText(
  segments: readonly RecognisedSegment[],
  language: string | null,
): RecognisedSegment[] {
  const isForeign = foreignLetters(language);
  return segments.flatMap((segment) => {
    if ((segment.confidence ?? 1) < LEAST_CONFIDENCE) return [];
    if (segment.words.length === 0) return spokenWhole(segment, isForeign);
    const control = wordsInControl(segment);
    return keepWords(segment, (word, index) => !control.has(index) && !isForeign(word.text));
  });
}

/** Text without word times: as it is, without its control tokens, or not at all. */
function spokenWhole(segment: RecognisedSegment, isForeign: (text: string) => boolean): RecognisedSegment[] {
  const text = segment.text
    .replace(CONTROL, '')
    .split(/\s+/u)
    .filter((word) => word !== '' && !isForeign(word))
    .join(' ');
  return text === '' ? [] : [{ ...segment, text }];
}

/** Words that are part of a control token: `<|`, `en`, `|>`. */
function wordsInControl({ words }: RecognisedSegment): ReadonlySet<number> {
  const inside = new Set<number>();
  const written = words.map(({ text }) => text).join('');
  for (const { index, 0: token } of written.matchAll(CONTROL)) {
    let position = 0;
    words.forEach(({ text }, word) => {
      if (position < index + token.length && position + text.length > index) inside.add(word);
      position += text.length;
    });
  }
  return inside;
}
