import { describe, expect, it } from 'vitest';
import {
  isSameSpace,
  requireSameSpace,
  spaceFingerprint,
} from '../../../../core/verification/scores/embedding-space.ts';
import { MADE_UP_SPACE } from '../../../support/made-up-voices.ts';

describe('spaceFingerprint', () => {
  it('stays what it is: voices on disk depend on it', () => {
    const ge2e = 'd07e345d3d2bf10c208e0d7edafe5999433fa0b0cd6d00989682bed1ff713bed';
    expect(spaceFingerprint(ge2e, 'ge2e-mel')).toBe('c9f1616f86ae3cb60e1f36a161fac615');
    expect(spaceFingerprint(ge2e.toUpperCase(), 'ge2e-mel')).toBe(spaceFingerprint(ge2e, 'ge2e-mel'));
  });

  it('tells weights and front ends apart', () => {
    const prints = [
      spaceFingerprint('aa', 'ge2e-mel'),
      spaceFingerprint('ab', 'ge2e-mel'),
      spaceFingerprint('aa', 'ecapa-fbank'),
    ];
    expect(new Set(prints).size).toBe(3);
  });

  it('refuses a front end that no speaker encoder has', () => {
    expect(() => spaceFingerprint('aa', 'whisper-log-mel-80')).toThrow(
      expect.objectContaining({ code: 'invalid_option' }),
    );
  });
});

describe('requireSameSpace', () => {
  it('goes by the fingerprint, not by the name of the model', () => {
    const renamed = { ...MADE_UP_SPACE, model: 'another-name' };
    expect(isSameSpace(MADE_UP_SPACE, renamed)).toBe(true);
    requireSameSpace(MADE_UP_SPACE, renamed, 'The voice "Ana"');
  });

  it.each([
    ['fingerprint', { ...MADE_UP_SPACE, fingerprint: 'ffff' }],
    ['dimension', { ...MADE_UP_SPACE, dimension: 192 }],
  ])('refuses another %s, and says whose it is', (_, other) => {
    expect(() => requireSameSpace(MADE_UP_SPACE, other, 'The voice "Ana"')).toThrow(
      expect.objectContaining({
        code: 'embedding_space_mismatch',
        message: expect.stringContaining('The voice "Ana"') as string,
      }),
    );
  });
});
