import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TASKS, describeFieldErrors, parseJobInput, type Parsed } from '../../../sdk/contract/index.ts';

const audio = { url: 'https://example.com/a.wav' };

function errorsOf(parsed: Parsed<unknown>): string {
  expect(parsed.ok).toBe(false);
  return parsed.ok ? '' : describeFieldErrors(parsed.errors);
}

describe('an unknown task', () => {
  test.each([['translate'], [undefined], [null], [7], [['diarize']], ['']])(
    '%j gives an error that lists the known ones',
    (task) => {
      const text = errorsOf(parseJobInput({ task, audio }));
      for (const known of TASKS) expect(text).toContain(known);
      expect(text).toMatch(/^task: expected one of/);
    },
  );

  test.each([[null], [undefined], ['diarize'], [[]], [42]])('a job that is %j is refused', (value) => {
    expect(errorsOf(parseJobInput(value))).toContain('expected a JSON object');
  });
});

describe('unknown fields', () => {
  const job = {
    task: 'diarize',
    audio: [{ url: 'https://example.com/a.wav', headers: {} }, audio],
    options: { numSpeaker: 2, minSpeakers: 1 },
    priority: 3,
  };

  test('are ignored and named in warnings', () => {
    const parsed = parseJobInput(job);
    expect(parsed.ok && parsed.value).toEqual({
      task: 'diarize',
      audio: [audio, audio],
      options: { minSpeakers: 1 },
    });
    const warnings = parsed.ok ? parsed.warnings : [];
    expect(warnings.every(({ code }) => code === 'unknown_field')).toBe(true);
    const text = warnings.map(({ message }) => message).join('\n');
    for (const name of ['audio[0].headers', 'options.numSpeaker', 'priority']) expect(text).toContain(name);
  });

  test('are refused when the job asks for strictness', () => {
    const text = errorsOf(parseJobInput({ ...job, strict: true }));
    expect(text).toContain('audio[0]: unknown field headers');
    expect(text).toContain('options: unknown field numSpeaker');
    expect(text).toContain('unknown field priority');
  });

  test('are refused when the worker asks for strictness', () => {
    expect(parseJobInput(job, { strict: true }).ok).toBe(false);
  });

  test('do not hide other faults', () => {
    const text = errorsOf(parseJobInput({ ...job, options: { numSpeaker: 2, minSpeakers: 0 } }));
    expect(text).toContain('options.minSpeakers');
  });

  test('named like parts of every object change nothing', () => {
    const hostile = JSON.parse(
      '{"task":"loudness","audio":{"url":"https://example.com/a"},"__proto__":{"strict":true},"constructor":1}',
    );
    expect(parseJobInput(hostile)).toMatchObject({
      ok: true,
      value: { task: 'loudness', audio: { url: 'https://example.com/a' } },
    });
    expect(({} as Record<string, unknown>).strict).toBeUndefined();
  });
});

describe('messages', () => {
  test('name the field in a union of forms', () => {
    expect(errorsOf(parseJobInput({ task: 'diarize', audio: { url: 'ftp://example.com/a' } }))).toBe(
      'audio.url: expected an http or https URL',
    );
    expect(
      errorsOf(parseJobInput({ task: 'diarize', audio: [audio, { s3: { bucket: 'B!', key: 'k' } }] })),
    ).toContain('audio[1].s3.bucket: expected a bucket name');
  });

  test('say that speaker bounds contradict each other', () => {
    expect(
      errorsOf(parseJobInput({ task: 'diarize', audio, options: { minSpeakers: 3, maxSpeakers: 2 } })),
    ).toContain('options.numSpeakers: expected numSpeakers alone, or minSpeakers not above maxSpeakers');
    expect(parseJobInput({ task: 'transcribe', audio, options: { numSpeakers: 3, maxSpeakers: 3 } }).ok).toBe(
      false,
    );
  });

  test('are short however long the input is', () => {
    const many = Array.from({ length: 100 }, () => ({ url: 'x'.repeat(10_000) }));
    expect(errorsOf(parseJobInput({ task: 'diarize', audio: many })).length).toBeLessThan(2000);
    const fields = Object.fromEntries(Array.from({ length: 5000 }, (_, i) => [`${'y'.repeat(500)}${i}`, 1]));
    expect(errorsOf(parseJobInput({ task: 'diarize', audio, ...fields, strict: true })).length).toBeLessThan(
      2000,
    );
  });
});

describe('every field, wrong in every way', () => {
  const MARK = 'SECRET-MARKER';
  const WRONG: readonly unknown[] = [
    null,
    true,
    false,
    0,
    -1,
    1e308,
    0.5,
    '',
    MARK,
    'x'.repeat(100_000),
    [],
    [[]],
    {},
    { [MARK]: MARK },
    [null],
    [MARK],
    { url: MARK },
    { s3: null },
    { base64: 5 },
    'SPEAKER_00=Ana',
    '../../etc/passwd',
    '\u0000',
    '\r\nX: y',
  ];
  const folder = 'docs/examples';
  const jobs = readdirSync(folder)
    .filter((name) => name.startsWith('job-'))
    .map((name) => [name, JSON.parse(readFileSync(join(folder, name), 'utf8'))] as const);

  /** The places of all values inside, the value itself not counted. */
  function placesOf(value: unknown, place: readonly string[] = []): string[][] {
    if (typeof value !== 'object' || value === null) return [];
    return Object.entries(value).flatMap(([key, inner]) => [
      [...place, key],
      ...placesOf(inner, [...place, key]),
    ]);
  }

  function replaced(value: unknown, [head, ...rest]: readonly string[], by: unknown): unknown {
    if (head === undefined) return by;
    const copy: Record<string, unknown> = Array.isArray(value)
      ? ([...value] as never)
      : { ...(value as object) };
    copy[head] = replaced(copy[head], rest, by);
    return copy;
  }

  test.each(jobs)(
    '%s: a result or a named fault, never an exception, never an echo of the value',
    (_, job) => {
      let refused = 0;
      for (const place of placesOf(job)) {
        for (const wrong of WRONG) {
          const parsed = parseJobInput(replaced(job, place, wrong), { strict: true });
          if (parsed.ok) continue;
          refused++;
          expect(parsed.errors.length).toBeGreaterThan(0);
          const text = describeFieldErrors(
            parsed.errors.filter(({ message }) => !message.startsWith('unknown field')),
          );
          if (place[0] !== 'task') expect(text).not.toContain(MARK);
          expect(text.length).toBeLessThan(4000);
          expect(parsed.errors.some(({ path }) => path.startsWith(place[0]!) || path === '')).toBe(true);
        }
      }
      expect(refused).toBeGreaterThan(placesOf(job).length * 5);
    },
  );

  test.each(jobs)('%s: a missing field is optional or named', (_, job) => {
    for (const place of placesOf(job)) {
      const parsed = parseJobInput(replaced(job, place, undefined), { strict: true });
      if (!parsed.ok) expect(describeFieldErrors(parsed.errors)).toContain(place[0]);
    }
  });
});

describe('a key for the result', () => {
  const s3 = { bucket: 'results', key: 'a b/ü.json' };
  test.each<[string, object, string]>([
    ['a prefix too', { inline: false, s3: { ...s3, prefix: 'x/' } }, 'output.s3.key'],
    ['no inline: false', { s3 }, 'output.s3.key'],
    ['ifAbsent alone', { inline: false, s3: { bucket: 'results', ifAbsent: true } }, 'output.s3.ifAbsent'],
    ['a slash at its start', { inline: false, s3: { ...s3, key: '/a' } }, 'output.s3.key'],
    ['.. in it', { inline: false, s3: { ...s3, key: 'a/../b' } }, 'output.s3.key'],
    ['1,025 bytes', { inline: false, s3: { ...s3, key: `a${'ü'.repeat(512)}` } }, 'output.s3.key'],
  ])('with %s is refused by name', (_, output, path) => {
    const parsed = parseJobInput({ task: 'diarize', audio: { url: 'https://a.example/b.wav' }, output });
    expect(parsed.ok ? [] : parsed.errors.map((error) => error.path)).toEqual([path]);
  });

  test('may have dots, umlauts and 1,024 bytes', () => {
    const key = `..a/b../…${'ü'.repeat(506)}`;
    const output = { inline: false, s3: { ...s3, key, ifAbsent: true } };
    const parsed = parseJobInput({ task: 'diarize', audio: { url: 'https://a.example/b.wav' }, output });
    expect(parsed.ok).toBe(true);
  });
});

test('any JSON value gives a result or faults, in strict mode and otherwise', () => {
  const task = fc.constantFrom(...TASKS);
  const field = fc.oneof(
    fc.jsonValue(),
    fc.record({ url: fc.webUrl() }),
    fc.array(fc.record({ url: fc.webUrl() })),
  );
  const job = fc.record(
    { task, audio: field, options: fc.jsonValue(), output: fc.jsonValue(), webhook: fc.jsonValue() },
    { requiredKeys: ['task'] },
  );
  fc.assert(
    fc.property(fc.oneof(fc.jsonValue(), job), fc.boolean(), (value, strict) => {
      const parsed = parseJobInput(value, { strict });
      if (parsed.ok)
        expect(parseJobInput(parsed.value, { strict: true })).toEqual({ ...parsed, warnings: [] });
      else expect(parsed.errors.length).toBeGreaterThan(0);
    }),
    { numRuns: 500 },
  );
});
