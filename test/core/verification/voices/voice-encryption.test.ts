import { describe, expect, it } from 'vitest';
import {
  decryptVoice,
  encryptVoice,
  hashName,
  readVoiceKey,
} from '../../../../core/verification/voices/voice-encryption.ts';

const key = readVoiceKey('ab'.repeat(32));
const other = readVoiceKey(Buffer.alloc(32, 7).toString('base64'));

describe('encryption of voices', () => {
  it('gives the text back to the holder of the key', () => {
    const sealed = encryptVoice(key, 'Ana’s voice');
    expect(sealed).not.toContain('Ana');
    expect(decryptVoice(key, sealed, 'file')).toBe('Ana’s voice');
  });

  it('never writes the same twice', () => {
    expect(encryptVoice(key, 'x')).not.toBe(encryptVoice(key, 'x'));
  });

  it('gives plain files back as they are', () => {
    expect(decryptVoice(key, '{"format":"colloquy-voice"}', 'file')).toBe('{"format":"colloquy-voice"}');
    expect(decryptVoice(undefined, 'no JSON', 'file')).toBe('no JSON');
  });

  it('refuses another key, and a file without a key', () => {
    const sealed = encryptVoice(key, 'x');
    expect(() => decryptVoice(other, sealed, 'file')).toThrow(
      expect.objectContaining({ code: 'invalid_file' }),
    );
    expect(() => decryptVoice(undefined, sealed, 'file')).toThrow(/COLLOQUY_VOICE_KEY/);
  });

  it.each(['nonce', 'tag', 'data'])('notices a changed %s', (field) => {
    const envelope = JSON.parse(encryptVoice(key, 'a longer text')) as Record<string, string>;
    const bytes = Buffer.from(envelope[field]!, 'base64');
    bytes[0]! ^= 1;
    envelope[field] = bytes.toString('base64');
    expect(() => decryptVoice(key, JSON.stringify(envelope), 'file')).toThrow(
      expect.objectContaining({ code: 'invalid_file' }),
    );
    // A short tag would be easier to guess.
    envelope[field] = '';
    expect(() => decryptVoice(key, JSON.stringify(envelope), 'file')).toThrow(
      expect.objectContaining({ code: 'invalid_file' }),
    );
  });

  it('hides names behind the key', () => {
    expect(hashName(key, 'Ana')).toMatch(/^[0-9a-f]{32}$/);
    expect(hashName(key, 'Ana')).not.toBe(hashName(other, 'Ana'));
  });

  it.each(['', 'short', 'ab'.repeat(31), 'zz'.repeat(32), `${'ab'.repeat(32)}00`])(
    'refuses the key %j without repeating it',
    (text) => {
      let message = '';
      try {
        readVoiceKey(text);
      } catch (error) {
        message = (error as Error).message;
        expect(error).toMatchObject({ code: 'configuration_invalid' });
      }
      expect(message).toContain('32 bytes');
      if (text !== '') expect(message).not.toContain(text);
    },
  );
});
