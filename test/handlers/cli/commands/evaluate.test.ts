import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readConfig } from '../../../../handlers/setup/config.ts';
import { evaluateCommand } from '../../../../handlers/cli/commands/evaluate.ts';
import { wavBytes } from '../../../support/wav-bytes.ts';

let folder: string;
let stdout: string;
let stderr: string;
let exitCode: number | undefined;

const context = {
  config: readConfig({}),
  signal: new AbortController().signal,
  stdout: {
    write: (text: string | Uint8Array, done: () => void) => {
      stdout += String(text);
      done();
    },
  },
  stderr: { write: (text: string) => (stderr += text) },
  setExitCode: (code: number) => (exitCode = code),
};

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'colloquy-evaluate-'));
  stdout = '';
  stderr = '';
  exitCode = undefined;
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** Writes turns as RTTM and gives the path. */
function rttm(
  name: string,
  turns: readonly (readonly [number, number, string])[],
  recording = 'rec',
): string {
  const path = join(folder, name);
  const line = ([start, end, speaker]: readonly [number, number, string]): string =>
    `SPEAKER ${recording} 1 ${start} ${end - start} <NA> <NA> ${speaker} <NA> <NA>\n`;
  writeFileSync(path, turns.map(line).join(''));
  return path;
}

async function evaluate(...options: string[]): Promise<void> {
  await evaluateCommand(context).exitOverride().parseAsync(options, { from: 'user' });
}

const REFERENCE = [[0, 10, 'A'], [12, 20, 'B'], [24, 27, 'A'], [30, 40, 'C']] as const; // prettier-ignore
const HYPOTHESIS = [[2, 13, 'a'], [13, 14, 'd'], [14, 20, 'b'], [22, 38, 'c'], [38, 40, 'd']] as const; // prettier-ignore

describe('colloquy evaluate', () => {
  it('prints the figures of the pyannote.metrics example', async () => {
    const reference = rttm('truth.rttm', REFERENCE);
    const hypothesis = rttm('found.rttm', HYPOTHESIS, 'other');
    await evaluate('--reference', reference, '--hypothesis', hypothesis, '--format', 'json');
    expect(JSON.parse(stdout)).toMatchObject({
      schemaVersion: 1,
      recordings: [{ recording: 'truth' }],
      total: {
        diarizationErrorRate: 0.5161290322580645,
        missedSeconds: 2,
        falseAlarmSeconds: 7,
        confusionSeconds: 7,
        purity: 24 / 36,
        coverage: 22 / 31,
        referenceSpeakerCount: 3,
        hypothesisSpeakerCount: 4,
      },
    });
    await evaluate('--reference', reference, '--hypothesis', hypothesis);
    expect(stdout).toMatch(/^truth {2,}51\.61 +6\.45 +22\.58 +22\.58 /m);
    expect(stdout).toMatch(/^TOTAL {2,}51\.61 /m);
    expect(exitCode).toBeUndefined();
  });

  it.each([
    [['--collar', '1'], 9],
    [['--collar-each-side', '1'], 8],
    [[], 10],
  ])('takes %j as the width that it says', async (options, totalSeconds) => {
    const path = rttm('a.rttm', [[0, 10, 'A']]);
    await evaluate('--reference', path, '--hypothesis', path, '--format', 'json', ...options);
    expect(JSON.parse(stdout)).toMatchObject({ total: { totalSeconds } });
  });

  it('scores only the regions of the UEM', async () => {
    const path = rttm('a.rttm', [[0, 10, 'A']]);
    const uem = join(folder, 'a.uem');
    writeFileSync(uem, 'rec 1 2 5\n');
    await evaluate('--reference', path, '--hypothesis', path, '--uem', uem, '--format', 'json');
    expect(JSON.parse(stdout)).toMatchObject({ total: { totalSeconds: 3 } });
  });

  it('leaves out what lies in folders for another purpose, and says so', async () => {
    const [truth, found] = [join(folder, 'truth'), join(folder, 'found')];
    for (const path of [truth, found]) {
      mkdirSync(path);
      writeFileSync(join(path, 'one.rttm'), rttmText('one', 1));
      writeFileSync(join(path, `one.${basename(path)}.json`), '{"made":"by hand"}');
    }
    writeFileSync(join(truth, 'one.json'), '{"made":"by hand"}');
    await evaluate('--reference', truth, '--hypothesis', found, '--format', 'json');
    expect(JSON.parse(stdout)).toMatchObject({ total: { diarizationErrorRate: 0 } });
    expect(stderr).toContain('one.json is left out');
    expect(stderr).toContain('one.truth.json is left out');
    expect(stderr).toContain('one.found.json is left out');
    // Nothing else says who spoke in this one.
    writeFileSync(join(truth, 'two.rttm'), 'SPEAKER two one\n');
    writeFileSync(join(found, 'two.rttm'), rttmText('two', 1));
    await expect(evaluate('--reference', truth, '--hypothesis', found)).rejects.toMatchObject({
      code: 'invalid_file',
    });
  });

  it('pairs the recordings of files by name, sums them, counts what was not found, and names it', async () => {
    const both = rttm('both.rttm', [[0, 1, 'A']], 'one');
    writeFileSync(both, `${rttmText('one', 1)}${rttmText('two', 9)}${rttmText('three', 5)}`);
    const found = join(folder, 'found.rttm');
    writeFileSync(found, `${rttmText('two', 9)}${rttmText('one', 0.5)}${rttmText('four', 5)}`);
    await evaluate('--reference', both, '--hypothesis', found, '--format', 'csv');
    const rows = stdout.split('\r\n').map((row) => row.split(',').slice(0, 2));
    expect(rows.slice(1, 4)).toEqual([
      ['one', '0.5'],
      ['three', '1'],
      ['two', '0'],
    ]);
    // 0.5 s of one and 5 s of three, out of 15 s.
    expect(Number(rows[4]![1])).toBeCloseTo(5.5 / 15, 6);
    expect(stderr).toContain('Counted as missed, no hypothesis: three');
    expect(stderr).toContain('no reference: four');
    expect(exitCode).toBe(7);
  });

  it('refuses a UEM that is about another recording, and takes one by any name of the pair', async () => {
    const path = rttm('a.rttm', [[0, 10, 'A']]);
    const uem = join(folder, 'other.uem');
    writeFileSync(uem, 'other 1 2 5\n');
    const score = () => evaluate('--reference', path, '--hypothesis', path, '--uem', uem, '--format', 'json');
    await expect(score()).rejects.toMatchObject({
      code: 'invalid_option',
      message: 'The UEM has no region for the recording a; it is about other.',
    });
    writeFileSync(uem, 'a 1 2 5\n');
    await score();
    expect(JSON.parse(stdout)).toMatchObject({ total: { totalSeconds: 3 } });
  });

  it('pairs a file of one recording with that recording among several, by the name inside', async () => {
    const both = join(folder, 'multi.rttm');
    writeFileSync(both, `${rttmText('t', 4)}${rttmText('u', 6)}`);
    const found = join(folder, 'found.rttm');
    writeFileSync(found, rttmText('t', 4));
    await evaluate('--reference', both, '--hypothesis', found, '--format', 'json');
    expect(JSON.parse(stdout)).toMatchObject({
      recordings: [
        { recording: 't', diarizationErrorRate: 0 },
        { recording: 'u', diarizationErrorRate: 1, missedSeconds: 6 },
      ],
      total: { diarizationErrorRate: 0.6 },
      withoutHypothesis: ['u'],
    });
  });

  describe('an STM with regions that are not scored', () => {
    const gap = (from: number, to: number) =>
      `f1 1 inter_segment_gap ${from} ${to} <o,,unknown> ignore_time_segment_in_scoring\n`;
    const truth =
      gap(0, 1) +
      'f1 1 S1 1 3 <o,f0,male> hello {COUGH} world again\n' +
      gap(3, 4) +
      'f1 1 S2 4 6 <o,f0,female> good bye\n';

    it.each([
      ['stm', 'f1 1 S1 1.0 3.0 hello world again\nf1 1 S2 4.0 6.0 good bye\n'],
      [
        'stm',
        'f1 1 S1 0.1 0.7 welcome\nf1 1 S1 1.0 3.0 hello world again\nf1 1 S1 3.1 3.8 applause\nf1 1 S2 4.0 6.0 good bye\n',
      ],
    ])('leaves them out on both sides', async (ending, found) => {
      const reference = join(folder, 'ted.stm');
      const hypothesis = join(folder, `hyp.${ending}`);
      writeFileSync(reference, truth);
      writeFileSync(hypothesis, found);
      await evaluate('--reference', reference, '--hypothesis', hypothesis, '--format', 'json');
      expect(JSON.parse(stdout)).toMatchObject({
        total: {
          wordErrorRate: 0,
          cpWordErrorRate: 0,
          diarizationErrorRate: 0,
          referenceWordCount: 5,
          totalSeconds: 4,
        },
      });
    });

    it('refuses alternatives, with their line', async () => {
      const reference = join(folder, 'alternatives.stm');
      writeFileSync(reference, 'f1 1 A 0 1 fine\nf1 1 A 1 2 { uh / um / @ } yes\n');
      await expect(evaluate('--reference', reference, '--hypothesis', reference)).rejects.toMatchObject({
        code: 'invalid_file',
        message: expect.stringMatching(/STM, line 2: expected one text, got alternatives/) as string,
      });
    });
  });

  it.each([
    [['--collar', '-1'], 'invalid_option', '--collar'],
    [['--collar', '0.5', '--collar-each-side', '0.25'], 'invalid_option', 'got both'],
    [['--uem', '/nowhere.uem'], 'file_not_found', '/nowhere.uem'],
    [['--hypothesis', '/nowhere.rttm'], 'file_not_found', '/nowhere.rttm'],
  ])('rejects %j', async (options, code, message) => {
    const path = rttm('a.rttm', [[0, 10, 'A']]);
    await expect(evaluate('--reference', path, '--hypothesis', path, ...options)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(message),
    });
    expect(stdout).toBe('');
  });

  it('names the file and line of a broken RTTM', async () => {
    const broken = join(folder, 'broken.rttm');
    writeFileSync(broken, 'SPEAKER rec 1 0 1 <NA> <NA> A <NA> <NA>\nSPEAKER rec 1 0\n');
    await expect(evaluate('--reference', broken, '--hypothesis', broken)).rejects.toMatchObject({
      code: 'invalid_file',
      message: expect.stringMatching(/broken\.rttm: RTTM, line 2/),
    });
  });

  it('says when a folder has nothing to score', async () => {
    await expect(evaluate('--reference', folder, '--hypothesis', folder)).rejects.toMatchObject({
      code: 'invalid_option',
      message: expect.stringContaining('.rttm'),
    });
  });
});

describe('colloquy evaluate with words', () => {
  const truth = 'rec 1 A 0 2 Hello there, twenty one.\nrec 1 B 3 5 How are you?\n';

  function file(name: string, text: string): string {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  }

  it('counts words by speaker, and scores the turns too', async () => {
    const reference = file('truth.stm', truth);
    const hypothesis = file('found.stm', 'rec 1 x 0 2 hello there 21\nrec 1 x 3 5 how are you\n');
    await evaluate(
      '--reference',
      reference,
      '--hypothesis',
      hypothesis,
      '--normaliser',
      'english',
      '--format',
      'json',
    );
    expect(JSON.parse(stdout)).toMatchObject({
      normaliser: 'english',
      total: {
        wordErrorRate: 0,
        referenceWordCount: 6,
        // Three words of B stand with A: three deletions, three insertions.
        cpWordErrorRate: 1,
        diarizationInvariantCpWordErrorRate: 0,
        wordDiarizationErrorRate: 0.5,
        confusionRate: 0.5,
      },
    });
  });

  it('counts characters where words have no spaces, and says so', async () => {
    const reference = file('truth.stm', 'rec 1 A 0 2 今天天气很好。\n');
    const hypothesis = file('found.stm', 'rec 1 A 0 2 今天 天汽很好\n');
    await evaluate('--reference', reference, '--hypothesis', hypothesis, '--format', 'json', '--characters');
    const report = JSON.parse(stdout) as { total: Record<string, number>; note: string };
    expect(report.total).toMatchObject({
      wordErrorRate: 1 / 6,
      characterErrorRate: 1 / 6,
      referenceWordCount: 6,
      referenceCharacterCount: 6,
      substitutions: 1,
    });
    expect(report.note).toContain('WER is CER');
    stdout = '';
    await evaluate('--reference', reference, '--hypothesis', hypothesis);
    expect(stdout).toContain('WER is CER');
  });

  it('normalises as asked', async () => {
    const reference = file('truth.stm', truth);
    const hypothesis = file(
      'found.stm',
      truth.toLowerCase().replaceAll('rec 1 a', 'rec 1 A').replaceAll('rec 1 b', 'rec 1 B'),
    );
    for (const [normaliser, wordErrorRate] of [
      ['none', 2 / 7],
      ['basic', 0],
    ] as const) {
      stdout = '';
      await evaluate(
        '--reference',
        reference,
        '--hypothesis',
        hypothesis,
        '--normaliser',
        normaliser,
        '--format',
        'json',
      );
      expect(JSON.parse(stdout), normaliser).toMatchObject({ total: { wordErrorRate } });
    }
  });

  it('lets whole utterances go to any speaker on request', async () => {
    const reference = file('truth.stm', truth);
    const swapped = file('found.stm', truth.replaceAll(/^rec 1 [AB]/gm, 'rec 1 A'));
    await evaluate('--reference', reference, '--hypothesis', swapped, '--orc', '-f', 'json');
    expect(JSON.parse(stdout)).toMatchObject({
      total: { optimalCombinationWordErrorRate: 0, cpWordErrorRate: expect.toSatisfy((rate) => rate > 0) },
    });
    stdout = '';
    await evaluate('--reference', reference, '--hypothesis', swapped);
    expect(stdout).not.toContain('ORC-WER');
  });

  it('scores a hypothesis without a word as all words lost', async () => {
    const reference = file('truth.stm', truth);
    await evaluate('--reference', reference, '--hypothesis', file('found.stm', ''), '-f', 'json');
    expect(JSON.parse(stdout)).toMatchObject({ total: { wordErrorRate: 1, deletions: 7 } });
  });

  it('counts only words where a side names no speakers', async () => {
    const reference = file('truth.stm', truth);
    const hypothesis = file('found.ctm', 'rec 1 0 0.5 hello\nrec 1 0.5 0.5 there\n');
    await evaluate('--reference', reference, '--hypothesis', hypothesis, '--characters');
    expect(stdout).toMatch(/^truth +71\.43 +– +– +– +– +\d/m);
    expect(stdout).not.toContain('JER %');
  });

  it('prints words and turns in two tables', async () => {
    const reference = file('truth.stm', truth);
    await evaluate('--reference', reference, '--hypothesis', reference);
    expect(stdout).toMatch(/cpWER %[^]*JER %/);
    expect(stdout.match(/^TOTAL/gm)).toHaveLength(2);
  });

  it('says when the sides have nothing in common', async () => {
    const reference = rttm('truth.rttm', REFERENCE);
    const hypothesis = file('found.ctm', 'rec 1 0 0.5 hello\n');
    await expect(evaluate('--reference', reference, '--hypothesis', hypothesis)).rejects.toMatchObject({
      code: 'invalid_option',
      message: expect.stringContaining('Nothing to compare'),
    });
  });
});

function rttmText(recording: string, seconds: number): string {
  return `SPEAKER ${recording} 1 0 ${seconds} <NA> <NA> A <NA> <NA>\n`;
}

describe('colloquy evaluate --live', () => {
  const speech = readFileSync(join(import.meta.dirname, '../../../../samples/two-speakers.wav'));

  /** Two recordings of five seconds, with references and with what else may lie beside them. */
  function recordings(): void {
    const data = speech.subarray(44, 44 + 32_000 * 5);
    for (const name of ['one', 'two']) {
      writeFileSync(join(folder, `${name}.wav`), wavBytes({ data }));
      writeFileSync(join(folder, `${name}.rttm`), rttmText(name, 5));
      writeFileSync(join(folder, `${name}.utterances.json`), '{"utterances":[]}');
    }
    writeFileSync(join(folder, 'README.md'), 'Recordings.');
  }

  it('scores each file and all together, at each latency, one or several at a time', async () => {
    recordings();
    const options = ['--live', folder, '--reference', folder, '--format', 'csv'];
    await evaluate(...options, '--latency', '0.5,2', '--jobs', '2');
    const [head, ...rows] = stdout
      .trim()
      .split('\r\n')
      .map((row) => row.split(','));
    expect(rows.map(([name, latency]) => [name, latency])).toEqual([
      ['one', '0.5'],
      ['two', '0.5'],
      ['all', '0.5'],
      ['one', '2'],
      ['two', '2'],
      ['all', '2'],
      ['TOTAL', '2'],
    ]);
    const at = (row: string[] | undefined, key: string): number => Number(row![head!.indexOf(key)]);
    expect(at(rows[0], 'totalSeconds')).toBe(5);
    expect(at(rows[2], 'totalSeconds')).toBe(10);
    const parts = ['firstMissedSeconds', 'firstConfusionSeconds', 'firstFalseAlarmSeconds'];
    const wrong = parts.reduce((sum, key) => sum + at(rows[2], key), 0);
    expect(at(rows[2], 'firstErrorRate')).toBeCloseTo(wrong / 10, 9);
    expect(at(rows[0], 'stepP95Seconds')).toBeGreaterThan(0);
    expect(stderr).toContain('one.utterances.json is left out');
    const only = stdout;
    stdout = '';
    await evaluate(...options, '--latency', '0.5,2');
    const withoutSteps = (text: string): string[] =>
      text.split('\r\n').map((row) =>
        row
          .split(',')
          .filter((_, index) => head![index] !== 'stepP95Seconds')
          .join(','),
      );
    expect(withoutSteps(stdout)).toEqual(withoutSteps(only));
  });

  it.each([
    ['no reference', ['--live', '.'], 'invalid_option'],
    ['a folder that is not there', ['--live', 'nowhere', '--reference', '.'], 'file_not_found'],
    ['a latency of 99 s', ['--live', '.', '--reference', '.', '--latency', '1,99'], 'invalid_option'],
  ])('refuses %s', async (_what, options, code) => {
    recordings();
    const here = options.map((option) => (option === '.' ? folder : option));
    await expect(evaluate(...here)).rejects.toMatchObject({ code });
  });
});
