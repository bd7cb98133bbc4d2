import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteLevelVocabulary } from '../../../../../core/transcription/whisper/tokens/byte-level-vocabulary.ts';

/** All bytes, and merges of `t`, `h`, `e` and a space before them. */
function smallVocabulary(): ByteLevelVocabulary {
  const pieces = new Map(Array.from({ length: 256 }, (_, byte) => [byte, Uint8Array.of(byte)]));
  for (const [id, text] of [
    [256, 'th'],
    [257, 'the'],
    [258, ' t'],
    [259, ' the'],
  ] as const)
    pieces.set(id, new TextEncoder().encode(text));
  return new ByteLevelVocabulary(pieces, new Map([['<|endoftext|>', 260]]));
}

describe('ByteLevelVocabulary', () => {
  it('reads back every text that it writes as tokens', () => {
    const vocabulary = smallVocabulary();
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(vocabulary.decode(vocabulary.encode(text))).toBe(Buffer.from(text).toString());
      }),
    );
  });

  it('merges the pair with the lowest id first', () => {
    const vocabulary = smallVocabulary();
    expect(vocabulary.encode('the')).toEqual([257]);
    expect(vocabulary.encode(' the')).toEqual([259]);
    expect(vocabulary.encode(' th')).toEqual([32, 256]);
    expect(vocabulary.encode(' tt')).toEqual([258, 116]);
  });

  it('shows bytes that are no text, control tokens and a byte order mark as they are', () => {
    const vocabulary = smallVocabulary();
    expect(vocabulary.decode([0xff, 116])).toBe('\ufffdt');
    expect(vocabulary.decode([0xe2, 0x82])).toBe('\ufffd');
    expect(vocabulary.decode([116, 260])).toBe('t<|endoftext|>');
    expect(vocabulary.decode([0xef, 0xbb, 0xbf])).toBe('\ufeff');
    expect(vocabulary.decode([99_999])).toBe('');
  });

  it('takes any text for a tokenizer.json without crashing', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        expect(() => ByteLevelVocabulary.parse(text, 'model')).toThrow('tokenizer.json of model');
      }),
    );
  });
});
