/** Which letters a language is written in. */

/** Scripts of languages that are not written in Latin letters, as regular expressions name them. */
const SCRIPTS: Readonly<Record<string, readonly string[]>> = {
  Cyrillic: ['ru', 'uk', 'bg', 'sr', 'mk', 'be', 'kk', 'mn', 'tg', 'tt', 'ba', 'ky'],
  Arabic: ['ar', 'fa', 'ur', 'ps', 'sd'],
  Devanagari: ['hi', 'mr', 'ne', 'sa'],
  Bengali: ['bn', 'as'],
  Hebrew: ['he', 'iw', 'yi'],
  Greek: ['el'],
  Armenian: ['hy'],
  Georgian: ['ka'],
  Gurmukhi: ['pa'],
  Gujarati: ['gu'],
  Tamil: ['ta'],
  Telugu: ['te'],
  Kannada: ['kn'],
  Malayalam: ['ml'],
  Sinhala: ['si'],
  Thai: ['th'],
  Lao: ['lo'],
  Myanmar: ['my'],
  Khmer: ['km'],
  Tibetan: ['bo'],
  Ethiopic: ['am', 'ti'],
  Han: ['zh', 'yue', 'ja', 'ko'],
  Hiragana: ['ja'],
  Katakana: ['ja'],
  Hangul: ['ko'],
  Bopomofo: ['zh', 'yue'],
};

const LETTER = /[\p{L}\p{M}]/u;

/**
 * A test for letters that a language is not written in. Latin ones are at home everywhere: names, brands, units.
 *
 * @param language ISO 639-1; `null` or an unknown one is written in Latin letters
 */
export function foreignLetters(language: string | null): (text: string) => boolean {
  const own = Object.keys(SCRIPTS).filter(
    (script) => language !== null && SCRIPTS[script]!.includes(language),
  );
  const familiar = new RegExp(
    `[\\p{Script=Latin}\\p{Script=Common}\\p{Script=Inherited}${own.map((script) => `\\p{Script=${script}}`).join('')}]`,
    'u',
  );
  return (text) => Array.from(text).some((character) => LETTER.test(character) && !familiar.test(character));
}
