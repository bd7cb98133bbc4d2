/**
 * Everything that a fresh clone needs before it can run: dependencies, the build, ffmpeg. Does nothing where nothing is
 * missing, and needs no network then.
 *
 *   node infra/tooling/setup.mjs [--require-ffmpeg]
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const say = (text) => process.stderr.write(`setup: ${text}\n`);

function fail(text) {
  say(text);
  process.exit(1);
}

function succeeds(command, args, options = {}) {
  const result = spawnSync(command, args, { cwd: root, stdio: 'ignore', ...options });
  return result.status === 0;
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    fail(`expected Node 20.19 or newer, this is ${process.versions.node}. https://nodejs.org has it.`);
  }
}

function installDependencies() {
  const stamp = join(root, 'node_modules/.cache/colloquy-lock.sha256');
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return;
  say('installing dependencies (npm ci) …');
  const npm = process.env.npm_execpath;
  const [command, first] = npm === undefined ? ['npm', []] : [process.execPath, [npm]];
  if (
    !succeeds(command, [...first, 'ci', '--no-audit', '--no-fund', '--loglevel=error'], {
      stdio: ['ignore', 2, 2],
      // The CUDA provider (over 200 MB) is wanted on few machines: infra/docker/install-cuda-provider.sh. An npm that
      // knows `allowScripts` of package.json leaves it out by itself.
      env: { ONNXRUNTIME_NODE_INSTALL: 'skip', ...process.env },
    })
  ) {
    fail('npm ci failed; see above. It needs the npm registry once.');
  }
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, lock);
}

async function buildIfStale() {
  const { build } = await import('./build.mjs');
  if (build()) say('built dist/');
}

/** How each package manager installs ffmpeg. */
const PACKAGE_MANAGERS = [
  {
    command: 'apt-get',
    steps: [
      ['update', '-qq'],
      ['install', '-y', '-qq', '--no-install-recommends', 'ffmpeg'],
    ],
    asRoot: true,
  },
  { command: 'dnf', steps: [['install', '-y', '-q', 'ffmpeg-free']], asRoot: true },
  { command: 'brew', steps: [['install', '--quiet', 'ffmpeg']], asRoot: false },
];

function ensureFfmpeg(required) {
  if (succeeds('ffmpeg', ['-version'])) return;
  const manager = PACKAGE_MANAGERS.find(({ command }) => succeeds(command, ['--version']));
  const mayInstall = manager !== undefined && (!manager.asRoot || process.getuid?.() === 0);
  if (mayInstall) {
    say(`installing ffmpeg (${manager.command}) …`);
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    const installed = manager.steps.every((args) =>
      succeeds(manager.command, args, { env, stdio: ['ignore', 'ignore', 2] }),
    );
    if (installed && succeeds('ffmpeg', ['-version'])) return;
  }
  const how =
    manager === undefined
      ? 'the package ffmpeg of your system'
      : `${manager.asRoot ? 'sudo ' : ''}${manager.command} install ${manager.steps.at(-1).at(-1)}`;
  if (required) fail(`ffmpeg is missing and the tests decode FLAC and MP3 with it. Install it with: ${how}`);
  say(`ffmpeg is missing: only WAV files can be read. Install it with: ${how}`);
}

/** Tests against real services are skipped without them; nothing is installed for them here. */
function tellOfServices() {
  if (['valkey-server', 'redis-server'].some((program) => succeeds('which', [program]))) return;
  say('no Redis here, so tests of the queue are skipped; npm run test:services installs one and runs them');
}

checkNode();
installDependencies();
await buildIfStale();
ensureFfmpeg(process.argv.includes('--require-ffmpeg'));
if (process.argv.includes('--require-ffmpeg')) tellOfServices();
