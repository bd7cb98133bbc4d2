import { describe, expect, expectTypeOf, it, vi } from 'vitest';
import { CODES_OF, isCodeOf } from '../../core/error-codes.ts';
import * as errors from '../../core/errors.ts';
import { deserializeError, serializeError } from '../../core/serialized-error.ts';

const { CapacityError, errorOfCode, InvalidInputError, SpeechError } = errors;

describe('instanceof', () => {
  it('holds for errors of another copy of the package, by class', async () => {
    vi.resetModules();
    const copy = await import('../../core/errors.ts');
    const error: unknown = new copy.InvalidInputError('invalid_option', 'Expected 1, got 2.');
    expect(copy.InvalidInputError).not.toBe(InvalidInputError);
    expect(error instanceof InvalidInputError).toBe(true);
    expect(error instanceof SpeechError).toBe(true);
    expect(error instanceof CapacityError).toBe(false);
  });

  it('does not take an error of a class for one of a class derived from it', () => {
    class OwnError extends InvalidInputError {}
    const own = new OwnError('invalid_option', 'Own.');
    expect(own instanceof OwnError).toBe(true);
    expect(own instanceof InvalidInputError).toBe(true);
    expect(new InvalidInputError('invalid_option', 'Ours.') instanceof OwnError).toBe(false);
  });

  it('is false for what is no error of ours', () => {
    for (const value of [undefined, null, 'text', new Error('x'), { name: 'InvalidInputError' }]) {
      expect(value instanceof InvalidInputError).toBe(false);
    }
  });

  it('narrows the code to those of the class', () => {
    const error: errors.SpeechError = new CapacityError('overloaded', 'Full.');
    if (error instanceof CapacityError)
      expectTypeOf(error.code).toEqualTypeOf<
        'overloaded' | 'out_of_memory' | 'engine_crashed' | 'queue_full' | 'rate_limited'
      >();
  });
});

describe('errorOfCode', () => {
  it.each(errors.ERROR_CODES)('gives %s the class that has it, also after a process border', (code) => {
    const error = errorOfCode(code, 'What happened.', { details: { model: 'm' }, retryable: false });
    const [name] = Object.entries(CODES_OF).find(([, codes]) => codes.some((own) => own === code))!;
    expect(error).toMatchObject({ name, code, message: 'What happened.', details: { model: 'm' } });
    expect(deserializeError(serializeError(error))).toEqual(error);
  });
});

it('gives every code to one class', () => {
  expect(new Set(errors.ERROR_CODES).size).toBe(errors.ERROR_CODES.length);
  expect(isCodeOf('CapacityError', 'overloaded')).toBe(true);
  expect(isCodeOf('CapacityError', 'invalid_option')).toBe(false);
});
