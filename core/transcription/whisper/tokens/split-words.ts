import { pythonStrip } from '../../../text/python-white-space.ts';

/** Tokens that belong together, and what they say; the text keeps its spaces. */
export type WordTokens = { readonly text: string; readonly tokens: readonly number[] };

/** What splitting needs of a vocabulary: text with control tokens as they are written. */
export type TokenDecoder = {
  decode(tokens: readonly number[]): string;
  /** Control tokens from here on. */
  readonly endOfText: number;
};

/** Languages that write without spaces, so that words cannot be told from characters. */
const WITHOUT_SPACES = new Set(['zh', 'ja', 'th', 'lo', 'my', 'yue']);

const ASCII_PUNCTUATION = '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~';
const REPLACEMENT = '\ufffd';

/**
 * Words of tokens: split at spaces, or at every character in a language without.
 *
 * @see openai-whisper `tokenizer.Tokenizer.split_to_word_tokens`
 */
export function splitWords(
  tokens: readonly number[],
  decoder: TokenDecoder,
  language: string | null,
): WordTokens[] {
  return language !== null && WITHOUT_SPACES.has(language)
    ? splitAtCharacters(tokens, decoder)
    : splitAtSpaces(tokens, decoder);
}

/** The shortest runs of tokens that are whole characters. */
export function splitAtCharacters(tokens: readonly number[], decoder: TokenDecoder): WordTokens[] {
  const whole = decoder.decode(tokens);
  const words: WordTokens[] = [];
  let pending: number[] = [];
  let offset = 0;
  for (const token of tokens) {
    pending.push(token);
    const text = decoder.decode(pending);
    const broken = text.indexOf(REPLACEMENT);
    // Bytes that never become a character, e.g. a lone 0x80, are U+FFFD in the whole text too.
    if (broken !== -1 && whole[offset + broken] !== REPLACEMENT) continue;
    words.push({ text, tokens: pending });
    offset += text.length;
    pending = [];
  }
  return words;
}

/** A space, punctuation or a control token begins a word. */
export function splitAtSpaces(tokens: readonly number[], decoder: TokenDecoder): WordTokens[] {
  const words: { text: string; tokens: number[] }[] = [];
  for (const part of splitAtCharacters(tokens, decoder)) {
    const last = words.at(-1);
    if (
      last === undefined ||
      part.tokens[0]! >= decoder.endOfText ||
      part.text.startsWith(' ') ||
      isPunctuation(part.text)
    ) {
      words.push({ text: part.text, tokens: [...part.tokens] });
    } else {
      last.text += part.text;
      last.tokens.push(...part.tokens);
    }
  }
  return words;
}

/** A substring of the list, as the reference tests it: `..` is none, `()` and white space are. */
function isPunctuation(text: string): boolean {
  return ASCII_PUNCTUATION.includes(pythonStrip(text));
}
