import {
  DECIMALS,
  FOLLOWING_PREFIXES,
  MULTIPLIERS,
  MULTIPLIERS_SUFFIXED,
  NUMBER_WORDS,
  ONES,
  ONES_SUFFIXED,
  PRECEDING_PREFIXES,
  PREFIX_SIGNS,
  TENS,
  TENS_SUFFIXED,
  ZEROS,
} from './english-numbers.ts';
import { pythonSplit, pythonStrip, PYTHON_WHITE_SPACE } from '../../text/python-white-space.ts';

/** Not before and not after a letter, digit or underscore, as Python's `\b` beside one. */
const NOT_AFTER_WORD = '(?<![\\p{L}\\p{N}_])';
const NOT_BEFORE_WORD = '(?![\\p{L}\\p{N}_])';

const NUMERAL = /^\p{Nd}+(\.\p{Nd}+)?$/u;
const AND_A_HALF = new RegExp(
  `${NOT_AFTER_WORD}and[${PYTHON_WHITE_SPACE}]+a[${PYTHON_WHITE_SPACE}]+half${NOT_BEFORE_WORD}`,
  'u',
);
const SPACED_SUFFIX = new RegExp(`([0-9])[${PYTHON_WHITE_SPACE}]+(st|nd|rd|th|s)${NOT_BEFORE_WORD}`, 'gu');
const CENTS_AFTER_CURRENCY = new RegExp(`([€£$])([0-9]+) (?:and )?¢([0-9]{1,2})${NOT_BEFORE_WORD}`, 'gu');
const ONLY_CENTS = new RegExp(`[€£$]0[^\\n]([0-9]{1,2})${NOT_BEFORE_WORD}`, 'gu');
const LONE_ONE = new RegExp(`${NOT_AFTER_WORD}1(s?)${NOT_BEFORE_WORD}`, 'gu');

/**
 * Writes spoken English numbers as numerals, exactly as Whisper's `EnglishNumberNormalizer`: "twenty one" → 21, "two
 * and a half million" → 2500000, "ten dollars" → $10, "one oh one" → 101, and a lone 1 as the word "one".
 *
 * @param text lower case, without punctuation besides `.%$¢€£`
 * @see https://github.com/openai/whisper (MIT), `whisper/normalizers/english.py`
 */
export function spokenNumbersToNumerals(text: string): string {
  const words = pythonSplit(prepared(text));
  return withCurrencies(new NumeralWriter(words).write().join(' '));
}

/** "and a half" after a number becomes "point five"; digits and letters part, save endings such as 1st and 60s. */
function prepared(text: string): string {
  const parts: string[] = [];
  const segments = text.split(AND_A_HALF);
  for (const [index, segment] of segments.entries()) {
    if (pythonStrip(segment) === '') continue;
    parts.push(segment);
    if (index === segments.length - 1) continue;
    const lastWord = pythonSplit(segment).at(-1)!;
    parts.push(DECIMALS.has(lastWord) || MULTIPLIERS.has(lastWord) ? 'point five' : 'and a half');
  }
  return parts
    .join(' ')
    .replace(/([a-z])([0-9])/gu, '$1 $2')
    .replace(/([0-9])([a-z])/gu, '$1 $2')
    .replace(SPACED_SUFFIX, '$1$2');
}

/** "$2 and ¢7" → "$2.07", "$0.07" → "¢7", "1" → "one". */
function withCurrencies(text: string): string {
  return text
    .replace(
      CENTS_AFTER_CURRENCY,
      (_, sign: string, whole: string, cents: string) => `${sign}${whole}.${cents.padStart(2, '0')}`,
    )
    .replace(ONLY_CENTS, (_, cents: string) => `¢${Number(cents)}`)
    .replace(LONE_ONE, 'one$1');
}

/**
 * One pass over the words with the number read so far: a `bigint` while it grows by value ("two hundred and six"), a
 * text while it grows by digits ("one oh one", "3.").
 */
class NumeralWriter {
  private readonly words: readonly string[];
  private readonly written: string[] = [];
  private value: bigint | string | null = null;
  private prefix: string | null = null;

  constructor(words: readonly string[]) {
    this.words = words;
  }

  write(): string[] {
    for (let index = 0; index < this.words.length; index += 1) {
      if (this.take(this.words[index]!, this.words[index - 1], this.words[index + 1])) index += 1;
    }
    this.flush();
    return this.written;
  }

  /** Handles one word; `true` where the next one is used up too. */
  private take(current: string, previous: string | undefined, next: string | undefined): boolean {
    const sign = PREFIX_SIGNS.has(current[0]!) ? current[0]! : '';
    const numeral = current.slice(sign.length);
    if (NUMERAL.test(numeral)) this.takeNumeral(current, sign, numeral);
    else if (!NUMBER_WORDS.has(current)) {
      this.flush();
      this.put(current);
    } else if (ZEROS.has(current)) this.value = `${this.digits()}0`;
    else if (ONES.has(current)) this.value = this.withOnes(ONES.get(current)!, previous);
    else if (ONES_SUFFIXED.has(current)) {
      const [ones, suffix] = ONES_SUFFIXED.get(current)!;
      this.put(`${this.withOnes(ones, previous)}${suffix}`);
    } else if (TENS.has(current)) this.value = this.withTens(TENS.get(current)!);
    else if (TENS_SUFFIXED.has(current)) {
      const [tens, suffix] = TENS_SUFFIXED.get(current)!;
      this.put(`${this.withTens(tens)}${suffix}`);
    } else if (MULTIPLIERS.has(current)) this.takeMultiplier(MULTIPLIERS.get(current)!);
    else if (MULTIPLIERS_SUFFIXED.has(current))
      this.takeSuffixedMultiplier(...MULTIPLIERS_SUFFIXED.get(current)!);
    else return this.takeOther(current, previous, next);
    return false;
  }

  /** Signs, percent, and the words that only join numbers. */
  private takeOther(current: string, previous: string | undefined, next: string | undefined): boolean {
    const nextIsNumber = next !== undefined && (NUMBER_WORDS.has(next) || NUMERAL.test(next));
    if (PRECEDING_PREFIXES.has(current)) {
      this.flush();
      if (nextIsNumber) this.prefix = PRECEDING_PREFIXES.get(current)!;
      else this.put(current);
    } else if (FOLLOWING_PREFIXES.has(current)) {
      if (this.value !== null) this.prefix = FOLLOWING_PREFIXES.get(current)!;
      this.put(this.value ?? current);
    } else if (current === 'percent') {
      this.put(this.value === null ? current : `${this.value}%`);
    } else if (current === 'per') {
      if (this.value !== null && next === 'cent') {
        this.put(`${this.value}%`);
        return true;
      }
      this.flush();
      this.put(current);
    } else if (!nextIsNumber) {
      this.flush();
      this.put(current);
    } else if (current === 'and') {
      // "two hundred and six": ignored after hundreds, thousands …
      if (previous !== undefined && MULTIPLIERS.has(previous)) return false;
      this.flush();
      this.put(current);
    } else if (current === 'point') {
      if (DECIMALS.has(next) || NUMERAL.test(next)) this.value = `${this.digits()}.`;
    } else {
      return this.takeRepetition(current, next);
    }
    return false;
  }

  /** double, triple */
  private takeRepetition(current: string, next: string): boolean {
    if (ONES.has(next) || ZEROS.has(next)) {
      const digits = String(ONES.get(next) ?? 0);
      this.value = this.digits() + digits.repeat(current === 'double' ? 2 : 3);
      return true;
    }
    this.flush();
    this.put(current);
    return false;
  }

  private takeNumeral(current: string, sign: string, numeral: string): void {
    if (typeof this.value === 'string' && this.value.endsWith('.')) {
      // The parts of a decimal or an address: 3 . 1 4
      this.value += current;
      return;
    }
    this.flush();
    if (sign !== '') this.prefix = sign;
    this.value = wholeProduct(numeral, 1n) ?? numeral;
  }

  private withOnes(ones: bigint, previous: string | undefined): bigint | string {
    const { value } = this;
    if (value === null) return ones;
    if (typeof value === 'string' || (previous !== undefined && ONES.has(previous))) {
      const afterTens = previous !== undefined && TENS.has(previous) && ones < 10n;
      return `${afterTens ? String(value).slice(0, -1) : value}${ones}`;
    }
    const fits = ones < 10n ? value % 10n === 0n : value % 100n === 0n;
    return fits ? value + ones : `${value}${ones}`;
  }

  private withTens(tens: bigint): bigint | string {
    const { value } = this;
    if (value === null) return tens;
    return typeof value === 'bigint' && value % 100n === 0n ? value + tens : `${value}${tens}`;
  }

  private takeMultiplier(multiplier: bigint): void {
    const { value } = this;
    if (value === null) this.value = multiplier;
    else if (typeof value === 'bigint') this.value = multiplied(value, multiplier);
    else {
      const product = wholeProduct(value, multiplier);
      if (product === undefined) this.flush();
      this.value = product ?? multiplier;
    }
  }

  private takeSuffixedMultiplier(multiplier: bigint, suffix: string): void {
    const { value } = this;
    if (typeof value === 'bigint') this.put(`${multiplied(value, multiplier)}${suffix}`);
    else {
      const product = value === null ? multiplier : wholeProduct(value, multiplier);
      if (product === undefined) this.flush();
      this.put(`${product ?? multiplier}${suffix}`);
    }
  }

  /** What digits are joined to; a zero counts as nothing, as Python's `value or ""`. */
  private digits(): string {
    return this.value === null || this.value === 0n ? '' : String(this.value);
  }

  /** Writes a word or number with the sign that waits for it; the number read so far is done with. */
  private put(result: bigint | string): void {
    this.written.push(`${this.prefix ?? ''}${result}`);
    this.value = null;
    this.prefix = null;
  }

  private flush(): void {
    if (this.value !== null) this.put(this.value);
  }
}

/** "two million three hundred" + "thousand": only what lies below the last thousand is multiplied. */
function multiplied(value: bigint, multiplier: bigint): bigint {
  const residual = value % 1000n;
  return value - residual + residual * multiplier;
}

/** Numeral × multiplier where the product is whole; `undefined` for a fraction and for what is no numeral. */
function wholeProduct(numeral: string, multiplier: bigint): bigint | undefined {
  const match = /^(?=\p{Nd}|\.\p{Nd})(\p{Nd}*)(?:\.(\p{Nd}*))?$/u.exec(numeral);
  if (match === null) return undefined;
  const decimals = asciiDigits(match[2] ?? '');
  const scale = 10n ** BigInt(decimals.length);
  const product = BigInt(asciiDigits(match[1]!) + decimals) * multiplier;
  return product % scale === 0n ? product / scale : undefined;
}

/** Digits of any script as 0 to 9: Unicode keeps those of a script in runs of ten from zero on. */
function asciiDigits(digits: string): string {
  return Array.from(digits, (digit) => {
    const code = digit.codePointAt(0)!;
    let zero = code;
    while (code - zero < 9 && /\p{Nd}/u.test(String.fromCodePoint(zero - 1))) zero -= 1;
    return String(code - zero);
  }).join('');
}
