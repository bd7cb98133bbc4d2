#!/usr/bin/env node
/**
 * Runs the command, the library, the worker and the client by other versions of Node, and compares what they give with
 * what this one gives, bit for bit but for timings. They come from npm's package `node`, so the registry is needed once.
 *
 * Usage: npm run build && node infra/tooling/check-node-versions.mjs [22 24]
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const cli = join(root, 'dist/cli.js');
const sample = join(root, 'samples/library.wav');
const versions = process.argv.length > 2 ? process.argv.slice(2) : ['22', '24'];

const folder = mkdtempSync(join(tmpdir(), 'colloquy-node-versions-'));
const environment = { PATH: process.env.PATH, HOME: folder, COLLOQUY_OFFLINE: '1' };

const LIBRARY = `
import { openColloquy } from '${join(root, 'dist/local.js')}';
const colloquy = await openColloquy();
const { timings, ...result } = await colloquy.transcribe('${sample}', { numSpeakers: 2 });
await colloquy.close();
console.log(JSON.stringify(result));
`;
const CLIENT = `new Colloquy({ endpointId: 'local', baseUrl: process.argv[2], pollTiming: { firstDelayMs: 20 } })
  .diarize('${sample}', { numSpeakers: 2 })
  .then((result) => console.log(result.toRttm()));
`;
const programs = {
  'library.mjs': LIBRARY,
  'client.mjs': `import { Colloquy } from '${join(root, 'dist/sdk/index.js')}';\n${CLIENT}`,
  'client.cjs': `const { Colloquy } = require('${join(root, 'dist/sdk/index.cjs')}');\n${CLIENT}`,
};
for (const [name, text] of Object.entries(programs)) writeFileSync(join(folder, name), text);

/** Where npm puts a version of Node. */
function nodeOf(version) {
  const args = ['exec', '--yes', `--package=node@${version}`, '--', 'node', '-p', 'process.execPath'];
  return execFileSync('npm', args, { cwd: folder, encoding: 'utf8' }).trim();
}

function run(node, ...args) {
  const options = { cwd: folder, env: environment, encoding: 'utf8', maxBuffer: 64 * 2 ** 20 };
  return execFileSync(node, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
}

/** Every time a result says how long it took is its own. */
function withoutTimings(text) {
  return JSON.stringify(JSON.parse(text), (key, value) => (key === 'timings' ? undefined : value));
}

/** The local platform with Colloquy's worker, both by this Node; gives what is done with its address. */
async function withPlatform(node, work) {
  const child = spawn(node, [cli, 'runpod-dev', '--port', '0'], { cwd: folder, env: environment });
  try {
    const url = await new Promise((resolve, reject) => {
      let text = '';
      const read = (piece) => {
        text += piece;
        const found = /http:\/\/127\.0\.0\.1:\d+\/v2/.exec(text);
        if (found) resolve(found[0]);
      };
      child.stdout.on('data', read);
      child.stderr.on('data', read);
      child.on('exit', () => reject(new Error(`The platform ended: ${text}`)));
    });
    return await work(url);
  } finally {
    child.kill('SIGTERM');
    if (child.exitCode === null) await once(child, 'exit');
  }
}

/** What each door gives, run by this Node. */
async function resultsOf(node) {
  return {
    'command: transcribe': withoutTimings(run(node, cli, 'transcribe', sample, '--format', 'json')),
    'command: diarize': run(node, cli, 'diarize', sample, '--format', 'rttm'),
    'colloquy/local': withoutTimings(run(node, 'library.mjs')),
    ...(await withPlatform(node, async (url) => ({
      'platform, worker, client (ESM)': await runAside(node, 'client.mjs', url),
      'platform, worker, client (CommonJS)': await runAside(node, 'client.cjs', url),
    }))),
  };
}

/** Without stopping this process, which listens to the platform. */
async function runAside(node, ...args) {
  const child = spawn(node, args, { cwd: folder, env: environment, stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (piece) => (text += piece));
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`${args[0]} ended with code ${code}.`);
  return text;
}

try {
  const expected = await resultsOf(process.execPath);
  let failed = false;
  for (const version of versions) {
    const node = nodeOf(version);
    const name = run(node, '--version').trim();
    const found = await resultsOf(node);
    for (const [door, result] of Object.entries(found)) {
      const isEqual = result === expected[door] && result !== '';
      failed ||= !isEqual;
      process.stdout.write(
        `${name}  ${door}: ${isEqual ? `as with ${process.version}` : 'SOMETHING ELSE'}\n`,
      );
    }
  }
  process.exitCode = failed ? 1 : 0;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
