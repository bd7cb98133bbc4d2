/**
 * What is published: types that resolve in every way of importing, a bundle that browsers can load, small and quick.
 */
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createContext, runInContext } from 'node:vm';
import { gzipSync } from 'node:zlib';
import { build as bundleWithEsbuild } from 'esbuild';
import { build, type Options } from 'tsup';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import config from '../../infra/tooling/tsup.config.ts';
import { buildDeclarations } from '../support/declarations.ts';
import { FakePlatform } from './fake-platform.ts';

const run = promisify(execFile);
const MAX_GZIPPED_BYTES = 40_000;
const MAX_WEBHOOK_GZIPPED_BYTES = 5_000;
const MAX_INSTALLED_BYTES = 3_000_000;
const platform = await FakePlatform.start();
afterAll(() => platform.close());
// Below the checkout, so that dependencies resolve; without the models, which take long to pack.
await mkdir('node_modules/.cache', { recursive: true });
const folder = await mkdtemp('node_modules/.cache/sdk-package-');
const quiet = { config: false, silent: true, clean: false } as const;

beforeAll(async () => {
  await buildDeclarations();
  await cp('dist/sdk', join(folder, 'dist/sdk'), { recursive: true });
  const { bin: _, exports, files: __, typesVersions, ...rest } = manifest;
  const { '.': client, './webhook': webhook, './formats': formats } = exports;
  const { webhook: webhookTypes, formats: formatTypes } = typesVersions['*'];
  const doors = { '.': client, './webhook': webhook, './formats': formats };
  const types = { '*': { webhook: webhookTypes, formats: formatTypes } };
  await writeFile(
    join(folder, 'package.json'),
    JSON.stringify({ ...rest, exports: doors, typesVersions: types }),
  );
});
afterAll(() => rm(folder, { recursive: true }));

describe('the package', () => {
  test('has no door that the build does not make, types included', () => {
    const builds = config as Options[];
    const made = builds.flatMap(({ outDir, entry, dts }) => {
      const names = (entries: unknown): string[] => Object.keys(entries as object);
      const typed = names((dts as { entry?: object }).entry ?? entry);
      const at = (name: string, ending: string): string => `./${outDir ?? ''}/${name}.${ending}`;
      const code = names(entry).flatMap((name) => [at(name, 'js'), at(name, 'cjs')]);
      return [...code, ...typed.flatMap((name) => [at(name, 'd.ts'), at(name, 'd.cts')])];
    });
    const doors = JSON.stringify(manifest.exports).match(/\.\/dist\/[^"]+/g) ?? [];
    expect(doors.length).toBeGreaterThan(7);
    expect(doors.filter((door) => !made.includes(door))).toEqual([]);
  });

  test('is right for publint', async () => {
    const { stdout } = await run('npx', ['publint', folder, '--strict', '--pack', 'false']);
    expect(stdout).toContain('All good!');
  });

  test('has types that resolve by every way of importing it', async () => {
    // It packs by itself, and the copy has no sources to build from before.
    const env = { ...process.env, npm_config_ignore_scripts: 'true' };
    const { stdout } = await run('npx', ['attw', '--pack', folder, '--format', 'json'], { env });
    const { problems } = JSON.parse(stdout) as { problems?: Record<string, unknown[]> };
    expect(problems).toEqual({});
  });

  test('loads as ESM and as CommonJS, with the same names', async () => {
    const names = 'console.log(Object.keys(m).sort().join())';
    const esm = await run('node', [
      '--input-type=module',
      '-e',
      `const m = await import('./dist/sdk/index.js'); ${names}`,
    ]);
    const cjs = await run('node', ['-e', `const m = require('./dist/sdk/index.cjs'); ${names}`]);
    expect(esm.stdout).toContain('Colloquy');
    expect(cjs.stdout).toBe(esm.stdout);
  });

  test.each(['index.js', 'index.cjs'])('%s imports nothing before it is used', async (name) => {
    const text = await readFile(`dist/sdk/${name}`, 'utf8');
    expect(text).not.toMatch(/^\s*import\s.*from\s/m);
    expect(text).not.toMatch(/\brequire\(['"]/);
    expect(text).not.toMatch(/onnxruntime|fluent-ffmpeg/);
  });

  test('reaches runpod-sdk from CommonJS too, which cannot require it', async () => {
    const code = `const { Colloquy } = require('./dist/sdk/index.cjs');
      new Colloquy({ apiKey: 'k', endpointId: 'ep', baseUrl: '${platform.baseUrl}' })
        .diarize({ audio: 'https://example.com/a.wav' }).then((result) => console.log(result.durationSeconds));`;
    platform.reset();
    expect((await run('node', ['-e', code])).stdout).toBe('2\n');
    expect(platform.requests[0]?.headers['user-agent']).toContain('RunPod-JS-SDK');
  });
});

describe('colloquy-sdk', () => {
  test('is the client alone: no dependency, no install script, less than 3 MB', async () => {
    const { stdout } = await run('npm', ['pack', './dist/colloquy-sdk', '--dry-run', '--json']);
    const [packed] = JSON.parse(stdout) as [
      { name: string; unpackedSize: number; files: { path: string }[] },
    ];
    expect(packed).toMatchObject({ name: 'colloquy-sdk', version: manifest.version });
    expect(packed.unpackedSize).toBeLessThan(MAX_INSTALLED_BYTES);
    expect(packed.files.map(({ path }) => path)).toEqual(
      expect.arrayContaining(['index.js', 'LICENSE', 'README.md']),
    );
    const sdkManifest = JSON.parse(await readFile('dist/colloquy-sdk/package.json', 'utf8')) as Record<
      string,
      unknown
    >;
    expect(sdkManifest).not.toHaveProperty('dependencies');
    expect(sdkManifest).not.toHaveProperty('scripts');
    expect(sdkManifest.peerDependenciesMeta).toMatchObject({ 'runpod-sdk': { optional: true } });
  });

  test('is right for publint, with types that resolve by every way of importing it', async () => {
    const { stdout } = await run('npx', ['publint', 'dist/colloquy-sdk', '--strict', '--pack', 'false']);
    expect(stdout).toContain('All good!');
    const types = await run('npx', ['attw', '--pack', 'dist/colloquy-sdk', '--format', 'json']);
    expect((JSON.parse(types.stdout) as { problems?: unknown }).problems).toEqual({});
  });
});

describe('the types', () => {
  const program = `
    import { Colloquy, presignedUpload, type Transcript } from './dist/sdk/index.js';
    const upload = presignedUpload(({ name }) => Promise.resolve({ uploadUrl: name, audio: { url: 'https://x' } }));
    const client = new Colloquy({ apiKey: 'k', endpointId: 'e', upload });
    const file = new File([], 'a.wav');
    const transcript: Transcript = await client.transcribe({ audio: file, numSpeakers: 2 });
    export const subtitles: string = transcript.toSrt();
    const job = await client.submit({ task: 'diarize', audio: file.stream() });
    for await (const event of job.events()) if (event.type === 'utterance') void event.utterance.text;
    export const turn = (await job.result()).turns[0]?.startSeconds;
    // @ts-expect-error an option that there is not
    await client.diarize({ audio: file, numSpeaker: 2 });
  `;

  test.each([
    [
      'a browser project',
      {
        module: 'esnext',
        moduleResolution: 'bundler',
        lib: ['ES2022', 'DOM', 'DOM.AsyncIterable'],
        types: [],
      },
    ],
    [
      'a Node project',
      { module: 'nodenext', moduleResolution: 'nodenext', lib: ['ES2022'], types: ['node'] },
    ],
  ])('compile in %s, without skipLibCheck', async (_, options) => {
    await writeFile(join(folder, 'consumer.ts'), program);
    const compilerOptions = {
      ...options,
      target: 'es2022',
      noEmit: true,
      strict: true,
      exactOptionalPropertyTypes: true,
    };
    await writeFile(
      join(folder, 'tsconfig.json'),
      JSON.stringify({ compilerOptions, files: ['consumer.ts'] }),
    );
    const { stdout } = await run('npx', ['tsc', '-p', folder]).catch(
      (error: unknown) => error as { stdout: string },
    );
    expect(stdout).toBe('');
  });
});

describe('in a browser', () => {
  let bundle = '';
  beforeAll(async () => {
    const browser = {
      format: 'iife',
      globalName: 'colloquy',
      platform: 'browser',
      minify: true,
      outDir: folder,
    } as const;
    // Bundlers put docx, which is loaded only for Word files, into a file of its own.
    const esbuildOptions: Options['esbuildOptions'] = (options) => void (options.external = ['docx']);
    await build({ ...quiet, ...browser, esbuildOptions, entry: { browser: 'dist/sdk/index.js' } });
    bundle = await readFile(join(folder, 'browser.global.js'), 'utf8');
  });

  test('it is less than 40 kB, compressed', () => {
    expect(gzipSync(bundle, { level: 9 }).length).toBeLessThan(MAX_GZIPPED_BYTES);
  });

  test.each([
    ['a webhook receiver', `export { verifyWebhook } from './dist/sdk/webhook.js'`],
    ['a writer of subtitles', `export { renderSrt } from './dist/sdk/formats.js'`],
  ])('%s is less than 5 kB, and knows neither zod nor other formats', async (_, contents) => {
    const built = await bundleWithEsbuild({
      stdin: { contents, resolveDir: '.' },
      bundle: true,
      minify: true,
      format: 'esm',
      platform: 'browser',
      write: false,
      external: ['docx'],
    });
    const { text, contents: bytes } = built.outputFiles[0]!;
    expect(gzipSync(bytes, { level: 9 }).length).toBeLessThan(MAX_WEBHOOK_GZIPPED_BYTES);
    expect(text).not.toMatch(/zod|TextGrid|EUDICO/i);
  });

  test('it works without anything of Node', async () => {
    platform.reset();
    const web = {
      fetch,
      URL,
      Blob,
      AbortController,
      AbortSignal,
      crypto,
      TextEncoder,
      TextDecoder,
      performance,
      atob,
      btoa,
    };
    const context = createContext({ ...web, setTimeout, clearTimeout });
    runInContext(bundle, context);
    const code = `new colloquy.Colloquy({ apiKey: 'k', endpointId: 'ep', baseUrl: '${platform.baseUrl}', pollTiming: { firstDelayMs: 1 } })
      .diarize({ audio: new Blob([new Uint8Array([1, 2, 3])]) }).then((result) => result.toRttm())`;
    const rttm = (await runInContext(code, context)) as string;
    expect(rttm).toContain('SPEAKER_00');
    expect(platform.requests[0]?.body).toMatchObject({ input: { audio: { base64: 'AQID' } } });
    const path = `new colloquy.Colloquy({ apiKey: 'k', endpointId: 'ep' }).diarize({ audio: 'a.wav' }).catch((e) => e.message)`;
    expect(await runInContext(path, context)).toContain('a path works in Node only');
  });
});
