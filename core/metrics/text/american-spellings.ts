import spellings from './american-spellings.json' with { type: 'json' };

/**
 * British word → American word, as OpenAI's Whisper maps them before it counts word errors.
 *
 * From `whisper/normalizers/english.json` (https://github.com/openai/whisper, MIT licence, Copyright (c) 2022 OpenAI),
 * after the list of https://www.tysto.com/uk-us-spelling-list.html.
 */
export const AMERICAN_SPELLINGS: ReadonlyMap<string, string> = new Map(Object.entries(spellings));
