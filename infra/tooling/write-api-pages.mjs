#!/usr/bin/env node
/**
 * Writes docs/api: a page for each door of the packages, made from the types and their comments.
 *
 * Usage: node infra/tooling/write-api-pages.mjs            writes the pages
 *        node infra/tooling/write-api-pages.mjs --check    fails where a page is not what it would write
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import prettier from 'prettier';
import ts from 'typescript';
import { declarationOf } from './api-declaration.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const folder = join(root, 'docs/api');

/** A page, the door that it describes, how programs import it, and for whom it is. */
const DOORS = [
  ['sdk', 'sdk/index.ts', ['colloquy', 'colloquy-sdk'], 'the client of an endpoint or server'],
  ['local', 'handlers/local/index.ts', ['colloquy/local'], 'every task in this process'],
  [
    'formats',
    'sdk/formats.ts',
    ['colloquy/formats', 'colloquy-sdk/formats'],
    'results as files, files as results',
  ],
  [
    'webhook',
    'sdk/webhook.ts',
    ['colloquy/webhook', 'colloquy-sdk/webhook'],
    'receiving signed messages about jobs',
  ],
  ['runpod', 'handlers/runpod/index.ts', ['colloquy/runpod'], 'a RunPod worker for work of your own'],
  ['models', 'models/index.ts', ['colloquy/models'], 'the store of models'],
  ['core', 'core/index.ts', ['colloquy/core'], 'parts of the engine, for pipelines of your own'],
].map(([name, entry, imports, what]) => ({ name, entry, imports, what }));

/** Order and titles of what a door exports. */
const KINDS = [
  ['Functions', ts.SymbolFlags.Function],
  ['Classes', ts.SymbolFlags.Class],
  ['Values', ts.SymbolFlags.Variable],
  ['Types', ts.SymbolFlags.TypeAlias | ts.SymbolFlags.Interface],
];

const configFile = ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile);
const { options } = ts.parseJsonConfigFileContent(configFile.config, ts.sys, root);
const program = ts.createProgram(
  DOORS.map(({ entry }) => join(root, entry)),
  options,
);
const checker = program.getTypeChecker();

/** What a door exports, by kind and name. */
function exportsOf({ entry }) {
  const module = checker.getSymbolAtLocation(program.getSourceFile(join(root, entry)));
  const symbols = checker.getExportsOfModule(module).map((symbol) => ({
    name: symbol.name,
    target: symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol,
  }));
  return symbols.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** `{@link X}` and line ends inside paragraphs mean nothing on a page; parameters and errors become a list. */
function commentOf(symbol) {
  const text = ts.displayPartsToString(symbol.getDocumentationComment(checker)).trim();
  const tags = symbol
    .getJsDocTags(checker)
    .map(({ name, text: parts }) => [name, ts.displayPartsToString(parts).trim()]);
  const lines = tags
    .filter(([name]) => name !== 'example')
    .map(([name, said]) => {
      const sentence = said.replaceAll(/\s+/g, ' ');
      if (name !== 'param') return `- ${name}: ${sentence}`;
      const [parameter, ...rest] = sentence.split(' ');
      return `- \`${parameter}\`: ${rest.join(' ').replace(/^- /, '')}`;
    });
  const examples = tags
    .filter(([name]) => name === 'example')
    .map(([, said]) => `\`\`\`ts\n${said.replaceAll(/^```\w*|```$/g, '').trim()}\n\`\`\``);
  return [text, lines.join('\n'), ...examples].filter((part) => part !== '').join('\n\n');
}

function pageOf(door) {
  const exports = exportsOf(door);
  const isExported = (name) => exports.some((one) => one.name === name);
  const sections = KINDS.flatMap(([title, flags]) => {
    const members = exports.filter(({ target }) => (target.flags & flags) !== 0);
    if (members.length === 0) return [];
    const entries = members.map(
      ({ name, target }) =>
        `### ${name}\n\n${commentOf(target)}\n\n\`\`\`ts\n${declarationOf(target, checker, name, isExported)}\n\`\`\`\n`,
    );
    return [`## ${title}\n`, ...entries];
  });
  const imports = door.imports.map((name) => `\`${name}\``).join(', ');
  return [
    `# ${door.imports[0]}: ${door.what}\n`,
    `Import from ${imports}. Made from the types by \`node infra/tooling/write-api-pages.mjs\`; change them there.\n`,
    ...sections,
  ].join('\n');
}

function indexPage() {
  const rows = DOORS.map(
    ({ name, imports, what }) =>
      `| [${name}](${name}.md) | ${imports.map((one) => `\`${one}\``).join(', ')} | ${what} |`,
  );
  return [
    '# What programs may import\n',
    'Everything else is internal and may change. Times are in seconds, sizes in bytes unless a name says otherwise. Whole',
    'programs: [examples/programs](../examples/programs).\n',
    '| Page | Import | For |',
    '| --- | --- | --- |',
    ...rows,
    '',
  ].join('\n');
}

const settings = await prettier.resolveConfig(join(root, 'docs/api/README.md'));
const pages = new Map([
  ['README.md', indexPage()],
  ...DOORS.map((door) => [`${door.name}.md`, pageOf(door)]),
]);
const stale = [];
const isCheck = process.argv.includes('--check');
mkdirSync(folder, { recursive: true });
for (const [name, text] of pages) {
  const path = join(folder, name);
  const page = await prettier.format(text, { ...settings, parser: 'markdown' });
  if (existsSync(path) && readFileSync(path, 'utf8') === page) continue;
  stale.push(`docs/api/${name}`);
  if (!isCheck) writeFileSync(path, page);
}
for (const name of readdirSync(folder).filter((file) => !pages.has(file))) {
  stale.push(`docs/api/${name}`);
  if (!isCheck) rmSync(join(folder, name));
}
if (isCheck && stale.length > 0) {
  process.stderr.write(
    `These pages are not what the types say: ${stale.join(', ')}. Run node infra/tooling/write-api-pages.mjs.\n`,
  );
  process.exit(1);
}
