import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isSpeechError } from '../../../../core/errors.ts';
import { decodeVoice, encodeVoice } from '../../../../core/verification/voices/voice-file.ts';
import { makeVoice } from '../../../support/made-up-voices.ts';

const voice = makeVoice('Zoë', 4);
const text = encodeVoice(voice);

function changed(change: (file: Record<string, unknown>) => void): string {
  const file = JSON.parse(text) as Record<string, unknown>;
  change(file);
  return JSON.stringify(file);
}

describe('voice files', () => {
  it('give back what was written, bit for bit', () => {
    expect(decodeVoice(text, 'file')).toEqual(voice);
  });

  it('say what they are and hold no audio', () => {
    const file = JSON.parse(text) as Record<string, unknown>;
    expect(Object.keys(file)).toEqual([
      'format',
      'version',
      'name',
      'space',
      'vector',
      'samples',
      'createdAt',
      'updatedAt',
    ]);
    expect(file).toMatchObject({ format: 'colloquy-voice', version: 1 });
  });

  it.each<[string, string]>([
    ['that are cut off', text.slice(0, text.length / 2)],
    ['that are empty', ''],
    ['of a future version', changed((file) => (file.version = 2))],
    ['of another format', changed((file) => (file.format = 'speech'))],
    ['without a name', changed((file) => delete file.name)],
    ['with a name that leaves the folder', changed((file) => (file.name = '../x'))],
    [
      'with a vector that is cut off',
      changed((file) => (file.vector = (file.vector as string).slice(0, 40))),
    ],
    [
      'with a vector that is no base64',
      changed((file) => (file.vector = `!${(file.vector as string).slice(1)}`)),
    ],
    ['with NaN in a vector', changed((file) => (file.vector = Buffer.alloc(64, 0xff).toString('base64')))],
    ['with a vector of zeros', changed((file) => (file.vector = Buffer.alloc(64).toString('base64')))],
    ['with another dimension', changed((file) => ((file.space as { dimension: number }).dimension = 15))],
    [
      'with a dimension of 2^40',
      changed((file) => ((file.space as { dimension: number }).dimension = 2 ** 40)),
    ],
    ['without samples', changed((file) => delete file.samples)],
    ['with samples that are none', changed((file) => (file.samples = [null]))],
    [
      'with unknown reasons',
      changed(
        (file) => ((file.samples as { quality: { reasons: string[] } }[])[0]!.quality.reasons = ['ugly']),
      ),
    ],
    ['that are a list', '[]'],
    ['that are null', 'null'],
  ])('refuses files %s', (_, wrong) => {
    expect(() => decodeVoice(wrong, 'ana.voice.json')).toThrow(
      expect.objectContaining({
        code: 'invalid_file',
        message: expect.stringContaining('ana.voice.json') as string,
      }),
    );
  });

  it('ends in a voice or a typed error, whatever character is changed', () => {
    fc.assert(
      fc.property(fc.nat(text.length - 1), fc.string({ minLength: 1, maxLength: 1 }), (place, character) => {
        try {
          decodeVoice(text.slice(0, place) + character + text.slice(place + 1), 'file');
        } catch (error) {
          return isSpeechError(error) && error.code === 'invalid_file';
        }
        return true;
      }),
      { numRuns: 500 },
    );
  });
});
