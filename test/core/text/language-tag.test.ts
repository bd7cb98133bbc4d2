import { expect, it } from 'vitest';
import { languageOfTag } from '../../../core/text/language-tag.ts';

it.each([
  ['en', 'en'],
  ['en-GB', 'en'],
  ['en_GB', 'en'],
  ['EN_gb', 'en'],
  ['zh-Hans-CN', 'zh'],
  ['yue', 'yue'],
])('takes %s for %s', (tag, code) => expect(languageOfTag(tag)).toBe(code));

it.each(['auto', 'english', 'e', 'en-', 'en GB', 'en-g', '', 'ñu'])('takes %s for none', (text) =>
  expect(languageOfTag(text)).toBeUndefined(),
);
