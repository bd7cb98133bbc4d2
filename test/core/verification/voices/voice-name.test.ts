import { describe, expect, it } from 'vitest';
import { voiceName } from '../../../../core/verification/voices/voice-name.ts';

describe('voiceName', () => {
  it.each(['Ana', 'Zoë Müller', '李雷', 'caller 12 (left)', 'a.b', 'O’Neil', 'SPEAKER_A'])(
    'takes %s',
    (name) => {
      expect(voiceName(name)).toBe(name);
    },
  );

  it('knows one name however it is typed', () => {
    expect(voiceName('Zoe\u0308')).toBe('Zoë');
  });

  it.each([
    '',
    '..',
    '.',
    '.hidden',
    '../../etc/passwd',
    'a/b',
    'a\\b',
    'a\u0000b',
    'a\nb',
    ' Ana',
    'Ana ',
    '\ud800',
    'x'.repeat(129),
    'SPEAKER_00',
  ])('refuses %j', (name) => {
    expect(() => voiceName(name)).toThrow(expect.objectContaining({ code: 'invalid_option' }));
  });
});
