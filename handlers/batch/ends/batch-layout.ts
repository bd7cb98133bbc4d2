/** Ours, below TARGET: never planned as input. */
export const OWN_FOLDER = '.colloquy/';

/** Files for people, below TARGET. */
export const RESULTS_FOLDER = 'results/';

/** Keys of a batch below its target. */
export type BatchLayout = ReturnType<typeof layoutOf>;

/**
 * Where everything of a batch is. Ends are spread over 1,024 prefixes, so that a million of them can be listed side by side.
 *
 * @param target prefix in its store: empty, or ending with `/`
 * @param batch name of the batch: what tells batches with other options apart in one target
 * @param files whether files go into a folder of results, or beside the recordings
 */
export function layoutOf(target: string, batch: string, files: 'results' | 'beside' = 'results') {
  const filesRoot = files === 'beside' ? target : `${target}${RESULTS_FOLDER}`;
  const root = `${target}${OWN_FOLDER}${batch}/`;
  const endsPrefix = `${root}ends/`;
  const folderOf = (item: string): string => `${endsPrefix}${item.slice(2, 4)}/${item}/`;
  return {
    root,
    plan: `${root}plan.json`,
    summary: `${root}summary.json`,
    lock: `${root}writer.lock`,
    endsPrefix,
    /** The whole result: the end of an item. */
    result: (item: string) => `${folderOf(item)}result.json`,
    /** The files are out. */
    published: (item: string) => `${folderOf(item)}published`,
    /** Or this: it failed for good. */
    dead: (item: string) => `${folderOf(item)}dead.json`,
    /** Or this: the recording changed under the work. */
    replaced: (item: string) => `${folderOf(item)}replaced`,
    /** What dead letters said before they were tried again. */
    attempt: (item: string, number: number) => `${root}attempts/${item}/${number}.json`,
    /** Remote submissions of an item. */
    submission: (item: string, number: number, what: 'intent' | 'id') =>
      `${root}submitted/${item}/${number}.${what}`,
    /** A file for people: the name of the recording, another ending. */
    file: (name: string, extension: string) => `${filesRoot}${name}.${extension}`,
  };
}

/** Kind of an end, by the last part of its key. */
export type EndKind = 'result' | 'published' | 'dead' | 'replaced';

const KINDS: Readonly<Record<string, EndKind>> = {
  'result.json': 'result',
  published: 'published',
  'dead.json': 'dead',
  replaced: 'replaced',
};

/** Which end of which item a key is; `undefined` for other keys. */
export function endOfKey(key: string): { readonly item: string; readonly kind: EndKind } | undefined {
  const [item, last] = key.split('/').slice(-2);
  const kind = KINDS[last ?? ''];
  return item === undefined || kind === undefined ? undefined : { item, kind };
}
