/** Languages as people and programs write them: `en`, `en-GB`, `EN_gb`, `zh-Hans-CN`. */

/** What a tag looks like, for checks that need a pattern; `auto` is none. */
export const LANGUAGE_TAG = /^[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*$/;

/**
 * The language of a tag, without its region or script, which no recogniser knows: `en_GB` is `en`.
 *
 * @returns ISO 639 code in lower case; undefined for what is no tag
 */
export function languageOfTag(tag: string): string | undefined {
  return LANGUAGE_TAG.test(tag) ? tag.split(/[-_]/, 1)[0]!.toLowerCase() : undefined;
}
