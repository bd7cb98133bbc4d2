import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Writable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { formatNames } from '../../../../core/formats/index.ts';
import type { CliContext } from '../../../../handlers/cli/context.ts';
import { renderCommand } from '../../../../handlers/cli/commands/render.ts';

const golden = join(import.meta.dirname, '../../../golden/formats');
const transcript = join(golden, 'transcript.json');
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'colloquy-render-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Runs the command and gives what it printed. */
async function render(args: readonly string[], { stdin = '', isTTY = false } = {}): Promise<string> {
  let printed = '';
  const stdout = new Writable({
    write(chunk: Buffer, _encoding, done) {
      printed += chunk.toString('utf8');
      done();
    },
  });
  const input = new PassThrough();
  input.end(stdin);
  const context = {
    config: { environment: {} },
    stdin: input,
    stdout: Object.assign(stdout, { isTTY }),
    stderr: process.stderr,
  } as unknown as CliContext;
  await renderCommand(context).exitOverride().parseAsync(args, { from: 'user' });
  return printed;
}

describe('colloquy render', () => {
  it('prints a transcript as subtitles', async () => {
    expect(await render([transcript, '--format', 'srt'])).toBe(
      readFileSync(join(golden, 'transcript.srt'), 'utf8'),
    );
  });

  it('reads JSON from standard input', async () => {
    const stdin = readFileSync(transcript, 'utf8');
    expect(await render(['-', '--format', 'tsv'], { stdin })).toBe(
      readFileSync(join(golden, 'transcript.tsv'), 'utf8'),
    );
  });

  it('makes no empty CTM of text without word times: an error, and a note where all formats are wanted', async () => {
    const segments = join(import.meta.dirname, '../../../../samples/library.seglst.json');
    await expect(render([segments, '--format', 'ctm'])).rejects.toMatchObject({ code: 'invalid_option' });
    await render([segments, '--format', 'all', '--output', `${folder}/all/`]);
    const made = readdirSync(join(folder, 'all'));
    expect(made).toContain('library.srt');
    expect(made).not.toContain('library.ctm');
  });

  it('takes the format from the ending of the output, and the longest one', async () => {
    await render([transcript, '--output', join(folder, 'a.labels.txt')]);
    await render([transcript, '--output', join(folder, 'b.txt')]);
    expect(readFileSync(join(folder, 'a.labels.txt'), 'utf8')).toMatch(/^0\.500000\t/);
    expect(readFileSync(join(folder, 'b.txt'), 'utf8')).toMatch(/^Ana /);
  });

  it('prints paragraphs and turns to read where nobody asks for a format', async () => {
    expect(await render([transcript])).toBe(readFileSync(join(golden, 'transcript.txt'), 'utf8'));
    const rttm = join(folder, 'one.rttm');
    writeFileSync(rttm, 'SPEAKER a 1 0 1 <NA> <NA> X <NA> <NA>\n');
    expect(await render([rttm])).toContain('X');
  });

  it('knows formats by the ending of their files too, and folders by their name', async () => {
    await render([transcript, '-f', 'md,txt', '-o', join(folder, 'out/')]);
    expect(readdirSync(join(folder, 'out')).sort()).toEqual(['transcript.md', 'transcript.txt']);
    await render([transcript, '-f', 'SRT', '-o', join(folder, 'out')]);
    expect(readdirSync(join(folder, 'out'))).toContain('transcript.srt');
  });

  it('says that a UEM is no result', async () => {
    const uem = join(folder, 'a.uem');
    writeFileSync(uem, 'a 1 0 1\n');
    await expect(render([uem])).rejects.toMatchObject({ message: expect.stringContaining('scored') });
  });

  it('writes all formats into a folder', async () => {
    await render([transcript, '--format', 'all', '--output', join(folder, 'out')]);
    expect(readdirSync(join(folder, 'out'))).toHaveLength(formatNames('words').length);
  });

  it('gives speakers their names, from an option or a file', async () => {
    expect(await render([transcript, '--format', 'lines', '--speakers', 'SPEAKER_01=Ben'])).toContain(
      'Ben: =2 + 2',
    );
    const names = join(folder, 'names.json');
    writeFileSync(names, '{"SPEAKER_01": "Bea"}');
    expect(await render([transcript, '--format', 'lines', '--speakers', names])).toContain('Bea: =2 + 2');
  });

  it('lays subtitles out as asked', async () => {
    const vtt = await render([
      transcript,
      '--format',
      'vtt',
      '--max-words-per-line',
      '1',
      '--no-speaker-names',
    ]);
    expect(vtt).toContain('\nHello\nthere,\n');
    expect(await render([transcript, '--format', 'text', '--pauses', 'jefferson'])).toContain('(1.5)');
  });

  it('draws the turns of an RTTM file, the one that is named', async () => {
    const rttm = join(folder, 'two.rttm');
    writeFileSync(rttm, 'SPEAKER a 1 0 1 <NA> <NA> X <NA> <NA>\nSPEAKER b 1 0 1 <NA> <NA> Y <NA> <NA>\n');
    expect(await render([rttm, '--format', 'svg', '--recording', 'b'])).toMatch(
      /^<svg .*<title id="title">b</s,
    );
    await expect(render([rttm, '--format', 'svg'])).rejects.toMatchObject({
      code: 'invalid_option',
      message: expect.stringContaining('a, b'),
    });
    await expect(render([rttm, '--format', 'srt', '--recording', 'a'])).rejects.toMatchObject({
      code: 'invalid_option',
    });
  });

  it.each([
    [['/nowhere.json', '--format', 'srt'], 'file_not_found'],
    [[transcript, '--format', 'yaml'], 'invalid_option'],
    [[transcript, '--format', 'srt,vtt'], 'invalid_option'],
    [[transcript, '--format', 'srt', '--speakers', 'SPEAKER_07=Ana'], 'invalid_option'],
    [[transcript, '--format', 'srt', '--speakers', '/nowhere.json'], 'file_not_found'],
    [[transcript, '--format', 'srt', '--max-line-width', '0'], 'invalid_option'],
    [[transcript, '--format', 'srt', '--output', '/dev/null/a.srt'], 'output_not_writable'],
    [[join(golden, 'README.md'), '--format', 'srt'], 'invalid_option'],
  ])('rejects %j', async (args, code) => {
    await expect(render(args)).rejects.toMatchObject({ code });
  });

  it('names the broken file, and leaves nothing behind', async () => {
    const broken = join(folder, 'broken.stm');
    writeFileSync(broken, 'rec 1 A 0 1 ok\nrec 1 A 2 1 no\n');
    await expect(render([broken, '--output', join(folder, 'a.srt')])).rejects.toMatchObject({
      code: 'invalid_file',
      message: expect.stringMatching(/broken\.stm: STM, line 2/),
    });
    expect(readdirSync(folder)).toEqual(['broken.stm']);
  });

  it('does not print a Word document on a terminal', async () => {
    await expect(render([transcript, '--format', 'docx'], { isTTY: true })).rejects.toMatchObject({
      code: 'invalid_option',
    });
  });
});

describe('colloquy render --edits', () => {
  it('writes the result as it was edited in the page, and refuses what are no edits', async () => {
    const edits = join(folder, 'edits.json');
    writeFileSync(
      edits,
      JSON.stringify({ edits: [{ op: 'text', utterance: 0, from: 0, to: 1, text: 'EDITED' }] }),
    );
    expect(await render([transcript, '--format', 'srt', '--edits', edits])).toContain('EDITED');
    writeFileSync(edits, '{"edits": [{"op": "dance"}]}');
    await expect(render([transcript, '--edits', edits])).rejects.toMatchObject({ code: 'invalid_file' });
    await expect(render([transcript, '--edits', join(folder, 'none')])).rejects.toMatchObject({
      code: 'file_not_found',
    });
  });
});
