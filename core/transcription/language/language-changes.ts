import type { ResultWarning } from '../../result/result.ts';
import type { Recognition } from '../recogniser.ts';

/** Below, a piece may just be unclear. */
const MIN_PROBABILITY = 0.8;
/** The language of a few words is a guess. */
const MIN_SECONDS = 5;

/** Says when parts of a recording sound like another language than the one they were written in. */
export class LanguageChanges {
  readonly #heard = new Set<string>();
  #written: string | null = null;

  /** Takes what was noticed while the language was looked for. */
  addOthers(languages: readonly string[], written: string): void {
    this.#written ??= written;
    for (const language of languages) this.#heard.add(language);
  }

  /** @param seconds of speech in the piece */
  add({ language, heardLanguage }: Recognition, seconds: number): void {
    if (!heardLanguage || heardLanguage.language === language) return;
    if (heardLanguage.probability < MIN_PROBABILITY || seconds < MIN_SECONDS) return;
    this.#written = language;
    this.#heard.add(heardLanguage.language);
  }

  warnings(): ResultWarning[] {
    if (this.#heard.size === 0) return [];
    const message = `Parts of the recording sound like ${[...this.#heard].join(', ')}, but were written down as ${this.#written ?? 'one language'}; the language mixed finds it out for every part.`;
    return [{ code: 'language_changes', message }];
  }
}
