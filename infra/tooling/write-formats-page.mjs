#!/usr/bin/env node
/**
 * Writes docs/formats.md: every format as it comes out for samples/library.wav.
 *
 * Usage: npm run build && node infra/tooling/write-formats-page.mjs
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const { OUTPUT_FORMATS } = await import('../../dist/core/index.js');

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const COMMAND = 'colloquy transcribe samples/library.wav --format all --output library/';

/** Longer excerpts show nothing new. */
const MAX_LINES = 14;
const MAX_COLUMNS = 110;
const MAX_CHARACTERS = 900;

/** Binary, or a page that is looked at in a browser. */
const NOT_SHOWN = {
  docx: 'A Word document: title, and a paragraph for each speaker in turn. Needs the optional package `docx`.',
  html: 'A page without scripts or links to elsewhere, to read and to print.',
  svg: 'A picture of the turns: a lane for each speaker, in its colour.',
};

/** What readers of the page look for first. */
const FENCES = { json: 'json', xml: 'xml', html: 'html', md: 'markdown', csv: 'csv', vtt: 'text' };

const folder = mkdtempSync(join(tmpdir(), 'colloquy-formats-'));
try {
  const cli = join(root, 'dist/cli.js');
  const sample = join(root, 'samples/library.wav');
  execFileSync(process.execPath, [cli, 'transcribe', sample, '--format', 'all', '--output', folder]);
  const formats = formatsOf(execFileSync(process.execPath, [cli, 'render', '--help'], { encoding: 'utf8' }));
  const sections = formats.map(({ name, description }) => section(name, description));
  writeFileSync(join(root, 'docs/formats.md'), page(formats, sections));
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Names and descriptions as the help text lists them. */
function formatsOf(help) {
  const list = help.slice(help.indexOf('\nFormats:\n') + '\nFormats:\n'.length);
  return list
    .trimEnd()
    .split('\n')
    .map((line) => /^ {2}(\S+) +(.+)$/.exec(line))
    .filter(Boolean)
    .map(([, name, description]) => ({ name, description }));
}

function section(name, description) {
  const heading = `## ${name}\n\n${description[0].toUpperCase()}${description.slice(1)}.`;
  if (name in NOT_SHOWN) return `${heading} ${NOT_SHOWN[name]}\n`;
  const file = fileOf(name);
  const fence = FENCES[file.split('.').at(-1)] ?? 'text';
  return `${heading} File: \`${file}\`.\n\n\`\`\`\`${fence}\n${excerpt(readFileSync(join(folder, file), 'utf8'))}\n\`\`\`\`\n`;
}

/** The file of a format, by the ending that the command writes. */
/** Of what the command wrote, the file of a format: the table in core/formats says the ending. */
function fileOf(name) {
  return `library.${OUTPUT_FORMATS[name].extension}`;
}

function excerpt(text) {
  const lines = text.trimEnd().split('\n');
  const shown = [];
  let characters = 0;
  for (const line of lines) {
    if (shown.length === MAX_LINES || characters > MAX_CHARACTERS) break;
    shown.push(line.length > MAX_COLUMNS ? `${line.slice(0, MAX_COLUMNS)} …` : line);
    characters += Math.min(line.length, MAX_COLUMNS);
  }
  if (shown.length < lines.length) shown.push('…');
  return shown.map((line) => line.trimEnd()).join('\n');
}

function page(formats, sections) {
  return `# Formats

Every format as it comes out for \`samples/library.wav\`, shortened (\`…\`). This page is written by
\`node infra/tooling/write-formats-page.mjs\` from

\`\`\`
${COMMAND}
\`\`\`

\`colloquy render library.json --format NAME\` makes any of them from the JSON result, without a model;
\`--speakers "SPEAKER_00=Ann,SPEAKER_01=Bob"\` puts names in place of labels in all of them. \`render\` and \`evaluate\`
also read JSON, RTTM, CTM, STM, SegLST, SRT, VTT and TextGrid; \`evaluate --uem\` reads UEM.

${formats.map(({ name }) => `[${name}](#${name})`).join(' · ')}

${sections.join('\n')}`;
}
