import { describe, expect, it } from 'vitest';
import { chunkError, resultBody } from '../../../../handlers/runpod/jobs/result-body.ts';

describe('resultBody', () => {
  it.each([
    [undefined, { output: null }],
    [new Date(0), { output: new Date(0) }],
    [{ refresh_worker: true }, { stopPod: true }],
    [{ refresh_worker: false, x: 1 }, { output: { x: 1 } }],
    [{ error: 0, x: 1 }, { output: { x: 1 } }],
    [{ error: 7 }, { error: '7' }],
    [{ error: () => 1 }, { error: 'The handler reported an error that is not JSON.' }],
    [Object.assign(Object.create(null), { x: 1 }), { output: { x: 1 } }],
  ])('reads %o as %o', (returned, body) => {
    expect(resultBody(returned)).toEqual(body);
  });

  it('leaves what the handler returned untouched', () => {
    const returned = { error: 'e', x: 1 };
    resultBody(returned);
    expect(returned).toEqual({ error: 'e', x: 1 });
  });
});

describe('chunkError', () => {
  it('finds errors in objects only', () => {
    expect(chunkError({ error: { code: 5 } })).toBe('{"code":5}');
    expect(chunkError({ error: '' })).toBeUndefined();
    expect(chunkError('error')).toBeUndefined();
    expect(chunkError(null)).toBeUndefined();
  });
});
