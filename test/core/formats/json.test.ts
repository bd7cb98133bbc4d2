import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readResultJson, renderJson } from '../../../core/formats/json.ts';

const golden = readFileSync(new URL('../../golden/formats/turns.json', import.meta.url), 'utf8');

function mutated(path: readonly (string | number)[], value: unknown): string {
  const root = JSON.parse(golden) as Record<string | number, unknown>;
  let target = root;
  for (const key of path.slice(0, -1)) target = target[key] as typeof root;
  target[path.at(-1)!] = value;
  return JSON.stringify(root);
}

describe('result JSON', () => {
  it('leaves out fields that it does not know', () => {
    expect(renderJson(readResultJson(mutated(['later'], [1])))).toBe(golden);
  });

  it('keeps the embeddings of speakers', () => {
    const speakerEmbeddings = {
      space: { model: 'm', fingerprint: 'f', dimension: 2 },
      vectors: [{ speaker: 'SPEAKER_00', embedding: [0.6, 0.8] }],
    };
    expect(readResultJson(mutated(['speakerEmbeddings'], speakerEmbeddings))).toMatchObject({
      speakerEmbeddings,
    });
  });

  it.each([
    [['schemaVersion'], 2, 'schemaVersion 1, got 2'],
    [['durationSeconds'], 'long', 'a number at durationSeconds, got a string'],
    [['turns'], {}, 'an array at turns, got an object'],
    [['turns', 1, 'speaker'], null, 'a text at turns\\[1\\].speaker, got null'],
    [['turns', 1, 'endSeconds'], 1, 'not before the start at turns\\[1\\]'],
    [['timings', 'decode'], [], 'a number at timings.decode, got an array'],
    [['models', 0, 'id'], undefined, 'a text at models\\[0\\].id, got nothing'],
  ])('names the place of a wrong %j', (path, value, message) => {
    expect(() => readResultJson(mutated(path, value))).toThrow(
      expect.objectContaining({ code: 'invalid_file', message: expect.stringMatching(message) }),
    );
  });

  it('does not repeat the text of a broken file', () => {
    expect(() => readResultJson('{"secret words" oops')).toThrow(
      expect.objectContaining({ code: 'invalid_file', message: expect.not.stringContaining('secret') }),
    );
  });

  it('survives any JSON', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(() => readResultJson(text)).toThrow(expect.objectContaining({ code: 'invalid_file' }));
      }),
    );
  });
});
