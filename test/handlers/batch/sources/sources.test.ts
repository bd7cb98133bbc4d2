import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type {
  BatchSource,
  SourceEntry,
  SourceProblem,
} from '../../../../handlers/batch/sources/batch-source.ts';
import { splitCsvLine } from '../../../../handlers/batch/sources/csv-line.ts';
import { globMatcher, globRoot } from '../../../../handlers/batch/sources/glob.ts';
import { ManifestSource } from '../../../../handlers/batch/sources/manifest-source.ts';
import { isRecording } from '../../../../handlers/batch/sources/recording-names.ts';
import { StoreSource } from '../../../../handlers/batch/sources/store-source.ts';
import { FaultyStore } from '../../../support/faulty-store.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

async function readAll(source: BatchSource): Promise<{ entries: SourceEntry[]; problems: SourceProblem[] }> {
  const entries: SourceEntry[] = [];
  const problems: SourceProblem[] = [];
  for await (const page of source.entries(new AbortController().signal, (each) => problems.push(each))) {
    entries.push(...page);
  }
  return { entries, problems };
}

describe('a folder or bucket as a source', () => {
  it('gives recordings, never what a batch wrote, and says which are empty', async () => {
    const store = new FaultyStore();
    for (const key of [
      'a.wav',
      'x/B.MP3',
      'x/c.txt',
      'x/.hidden.wav',
      'out/results/a.wav.srt',
      'out/copy.wav',
    ]) {
      store.put(key, '1');
    }
    store.put('.colloquy/b/ends/x.wav', '1');
    store.put('deep/.colloquy/b/x.wav', '1');
    store.put('empty.wav', '');
    const { entries, problems } = await readAll(
      new StoreSource(store, { prefix: '', excludedPrefix: 'out/' }),
    );
    expect(entries.map(({ name }) => name)).toEqual(['a.wav', 'x/B.MP3']);
    expect(problems).toEqual([
      { where: 'empty.wav', message: 'is empty; it is passed over until it is not' },
    ]);
  });

  it('knows recordings by their endings', () => {
    for (const name of ['a.wav', 'a.b.M4A', 'x/y.opus', 'film.MKV', 'call.sph'])
      expect(isRecording(name)).toBe(true);
    for (const name of ['a.srt', 'wav', '.wav', 'x/.a.wav', 'a.wav.part', '.colloquy/a.wav']) {
      expect(isRecording(name)).toBe(false);
    }
  });
});

describe('patterns', () => {
  it.each([
    ['*.wav', ['a.wav'], ['x/a.wav', 'a.mp3']],
    ['**/*.wav', ['a.wav', 'x/a.wav', 'x/y/a.wav'], ['a.mp3']],
    ['x/**', ['x/a', 'x/y/a'], ['y/a']],
    ['{a,b}?.[wm]*', ['a1.wav', 'b2.mp3'], ['c1.wav', 'a12.wav', 'a1.flac']],
    ['[!a].wav', ['b.wav'], ['a.wav']],
    ['a+b (1).wav', ['a+b (1).wav'], ['aab (1).wav']],
  ])('%s', (pattern, yes, no) => {
    const matches = globMatcher(pattern);
    for (const path of yes) expect(matches(path), path).toBe(true);
    for (const path of no) expect(matches(path), path).toBe(false);
  });

  it('begin with a folder', () => {
    expect(globRoot('a/b/*.wav')).toBe('a/b/');
    expect(globRoot('*.wav')).toBe('');
    expect(globRoot('/data/2026-{01,02}/x.wav')).toBe('/data/');
  });
});

describe('a list as a source', () => {
  function manifest(name: string, content: string): ManifestSource {
    const path = join(temporaryFolder(), name);
    writeFileSync(path, content);
    const store = new FaultyStore();
    for (const key of ['a.wav', 'b, c.wav', 'ü.wav']) store.put(key, '12');
    return new ManifestSource(path, (uri) => Promise.resolve({ store, key: uri }));
  }

  it('of JSON lines, with a number for every line that is broken', async () => {
    const { entries, problems } = await readAll(
      manifest(
        'list.jsonl',
        '\uFEFF{"uri":"a.wav"}\n\n{"uri":"ü.wav","id":"first call","options":{"numSpeakers":3}}\r\n{"uri":\n[1]\n{"uri":"none.wav"}\n{"uri":"a.wav","extra":1}\n{"uri":"a.wav","id":"../up"}\n',
      ),
    );
    expect(entries.map(({ name, options }) => [name, options])).toEqual([
      ['a.wav', undefined],
      ['first call', { numSpeakers: 3 }],
    ]);
    expect(problems.map(({ where }) => where)).toEqual(['line 4', 'line 5', 'line 6', 'line 7', 'line 8']);
  });

  it('of CSV, with quotes, empty cells, and speakers', async () => {
    const { entries, problems } = await readAll(
      manifest(
        'list.csv',
        'uri,id,speakers,options\n"b, c.wav",,2,\na.wav,A,,"{""language"":""de""}"\na.wav,B,x,\n"a.wav\na.wav,1,2,3,4,5\n',
      ),
    );
    expect(entries.map(({ name, options }) => [name, options])).toEqual([
      ['b, c.wav', { numSpeakers: 2 }],
      ['A', { language: 'de' }],
    ]);
    expect(problems.map(({ where }) => where)).toEqual(['line 4', 'line 5', 'line 6']);
  });

  it('reads cells as RFC 4180 has them', () => {
    expect(splitCsvLine('a,"b ""c"", d",,')).toEqual(['a', 'b "c", d', '', '']);
    expect(splitCsvLine('a,"b')).toBeUndefined();
  });
});
