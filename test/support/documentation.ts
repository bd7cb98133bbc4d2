import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');

/** A fenced block of a page. */
export type DocumentedBlock = {
  /** Path of the page, from the root of the repository. */
  readonly page: string;
  /** Line of the opening fence, from 1. */
  readonly line: number;
  /** What the fence says, as `ts`; empty where it says nothing. */
  readonly language: string;
  readonly text: string;
};

/**
 * The pages that people read: the README, docs/, and what lies beside the code. Those of docs/api are declarations, made
 * from the types and held against them by `npm run docs:check`.
 */
export function documentationPages(): string[] {
  const inDocs = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' });
  const pages = inDocs.filter((name) => name.endsWith('.md') && !name.startsWith('api/'));
  const besides = ['README.md', 'models/README.md', 'sdk/package/README.md'];
  return [...besides, ...pages.map((name) => `docs/${name}`).sort()];
}

/** All fenced blocks of a page. */
export function blocksOf(page: string): DocumentedBlock[] {
  const lines = readFileSync(join(root, page), 'utf8').split('\n');
  const blocks: DocumentedBlock[] = [];
  let open: { line: number; language: string; text: string[] } | undefined;
  for (const [index, line] of lines.entries()) {
    const fence = /^ {0,3}```(\w*)\s*$/.exec(line);
    if (fence === null) open?.text.push(line);
    else if (open === undefined) open = { line: index + 1, language: fence[1]!, text: [] };
    else {
      blocks.push({ page, ...open, text: `${open.text.join('\n')}\n` });
      open = undefined;
    }
  }
  if (open !== undefined) throw new Error(`${page}:${open.line}: a block that never ends.`);
  return blocks;
}

/** All fenced blocks of all pages. */
export function documentedBlocks(): DocumentedBlock[] {
  return documentationPages().flatMap(blocksOf);
}

const STARTS_WITH_COMMAND = /^(\$ )?(colloquy|npx|npm|node|curl|docker) /;

/** Commands of a block for the shell, as a reader would type them; none where it is no such block. */
export function commandsOf({ language, text }: DocumentedBlock): string[] {
  const isShell = language === 'sh' || (language === '' && STARTS_WITH_COMMAND.test(text));
  if (!isShell) return [];
  const lines = text.split('\n');
  // Where there are prompts, the other lines are what is printed.
  const typed = lines.some((line) => line.startsWith('$ '))
    ? lines.filter((line) => line.startsWith('$ ')).map((line) => line.slice(2))
    : lines;
  const commands: string[] = [];
  let open = '';
  for (const line of typed) {
    const command = open === '' ? line.replace(/ +#.*$/, '') : `${open}\n${line}`;
    const isOpen = (command.match(/'/g) ?? []).length % 2 === 1 || command.endsWith('\\');
    open = isOpen ? command : '';
    if (!isOpen && command.trim() !== '' && !command.startsWith('#')) commands.push(command.trim());
  }
  return commands;
}
