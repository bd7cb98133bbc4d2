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

/** The pages that people read: the README, docs/, and what lies beside the code. */
export function documentationPages(): string[] {
  const inDocs = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' });
  const pages = inDocs.filter((name) => name.endsWith('.md')).map((name) => `docs/${name}`);
  return ['README.md', 'models/README.md', 'sdk/package/README.md', ...pages.sort()];
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
