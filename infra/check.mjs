#!/usr/bin/env node
/**
 * Checks what can be checked of the infrastructure without a docker daemon, a cluster or an account:
 *
 *   node infra/check.mjs [--root DIR]
 *
 * Dockerfile (pinned bases, user, exec form, sources that exist, no secrets, no driver libraries), shell scripts,
 * compose, Kubernetes and Cloud Run files, RunPod's endpoint and Hub files, secrets anywhere, and that the commands,
 * flags and variables named there exist in Colloquy. Problems end it with 1; notes are things to look at.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { checkAws } from './check/aws.mjs';
import { checkDockerfile, dockerIgnore } from './check/dockerfile.mjs';
import { checkHub, checkHubTests } from './check/hub.mjs';
import { checkCloudRun, checkCompose, checkKubernetes, commandLines } from './check/manifests.mjs';
import { endpointFaults } from './runpod/endpoint-rules.mjs';

const here = join(import.meta.dirname, '..');
const { values } = parseArgs({ options: { root: { type: 'string', default: here } } });
const root = values.root;
const read = (path) => readFileSync(join(root, path), 'utf8');
const problems = [];
const add = (...found) => problems.push(...found.flat());

/** Shapes that only real credentials have. */
const SECRETS =
  /\b(rpa_[A-Z0-9]{20,}|hf_[A-Za-z0-9]{30,}|AKIA[A-Z0-9]{16}|ghp_[A-Za-z0-9]{30,})\b|-----BEGIN [A-Z ]*PRIVATE KEY/;

const infra = listFiles('infra').filter((file) => !file.startsWith('infra/tooling'));
const files = [...infra, ...listFiles('.runpod'), 'Dockerfile', '.dockerignore'];
for (const file of files) {
  const text = read(file);
  if (SECRETS.test(text)) add(`${file}: holds something that looks like a secret`);
  if (file.endsWith('.sh')) checkShell(file, text);
}
add(
  checkDockerfile(read('Dockerfile'), root, {
    targets: ['cpu', 'cuda'],
    ignored: dockerIgnore(read('.dockerignore')),
    builtFiles: builtFiles(),
  }),
);

const documents = [];
for (const file of files.filter((name) => name.endsWith('.yaml'))) {
  for (const document of parseYaml(file)) {
    documents.push(document);
    if (file.startsWith('infra/kubernetes')) add(checkKubernetes(file, document));
    if (file.startsWith('infra/cloud-run')) add(checkCloudRun(file, document));
    if (file.startsWith('infra/docker')) add(checkCompose(file, document));
  }
}
for (const file of files.filter((name) => /^infra\/aws\/.*\.json$/.test(name))) {
  const document = readJson(file);
  documents.push(document);
  add(checkAws(file, document));
}
for (const file of ['infra/runpod/endpoint.json', 'infra/runpod/load-balancer.json'])
  add(endpointFaults(readJson(file)).map((fault) => `${file}: ${fault}`));
add(checkHub('.runpod/hub.json', readJson('.runpod/hub.json')));
add(checkHubTests('.runpod/tests.json', readJson('.runpod/tests.json')));
// What is compared with Colloquy itself is not looked at in the copies that tests make.
if (root === here) {
  checkCommands();
  checkVariables();
}

const notes = problems.filter((text) => text.startsWith('note: '));
const faults = problems.filter((text) => !text.startsWith('note: '));
for (const line of [...notes, ...faults]) process.stdout.write(`${line}\n`);
process.stdout.write(`${files.length} files: ${faults.length} problems, ${notes.length} notes\n`);
process.exitCode = faults.length > 0 ? 1 : 0;

function listFiles(folder) {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .sort();
}

function readJson(file) {
  try {
    return JSON.parse(read(file));
  } catch (error) {
    add(`${file}: ${error.message}`);
    return {};
  }
}

/** js-yaml comes with openapi-typescript, a development dependency. */
function parseYaml(file) {
  const { loadAll } = createRequire(join(here, 'package.json'))('js-yaml');
  try {
    return loadAll(read(file));
  } catch (error) {
    add(`${file}: ${error.message}`);
    return [];
  }
}

function checkShell(file, text) {
  if (!(statSync(join(root, file)).mode & 0o100)) add(`${file}: is not executable`);
  const [shebang] = text.split('\n', 1);
  if (!/^#!\/(usr\/bin\/env bash|bin\/sh)$/.test(shebang)) add(`${file}: begins with ${shebang}`);
  if (shebang.endsWith('bash') && !text.includes('\nset -euo pipefail\n'))
    add(`${file}: lacks set -euo pipefail`);
  try {
    execFileSync('bash', ['-n', join(root, file)], { stdio: ['ignore', 'ignore', 'pipe'] });
  } catch (error) {
    add(`${file}: ${String(error.stderr).trim()}`);
  }
}

/** What the build makes: the entries of tsup's configuration by name, below dist/. */
function builtFiles() {
  const config = join(here, 'infra/tooling/tsup.config.ts');
  const text = existsSync(config) ? readFileSync(config, 'utf8') : '';
  return [...text.matchAll(/^\s+'?([\w-]+)'?: '[\w/-]+\.ts'/gm)].map(([, name]) => `dist/${name}.js`);
}

/** Commands and flags in the files against `--help` of the built command. */
function checkCommands() {
  const cli = join(here, 'dist', 'cli.js');
  const lines = documents.flatMap((document) => [...commandLines(document)]);
  if (!existsSync(cli)) {
    add(`note: dist/cli.js is not built, so ${lines.length} command lines were not compared with it`);
    return;
  }
  for (const [first, ...rest] of new Map(lines.map((line) => [line.join(' '), line])).values()) {
    // `batch` is a family of commands.
    const [command, words] = first === 'batch' ? [`batch ${rest[0]}`, rest.slice(1)] : [first, rest];
    let help = '';
    try {
      help = execFileSync(process.execPath, [cli, ...command.split(' '), '--help'], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      });
    } catch {
      // No such command: commander ends with an error.
    }
    if (!help.includes(`colloquy ${command}`))
      add(`note: the command \`colloquy ${command}\` does not exist`);
    else
      for (const flag of words.filter((word) => word.startsWith('--')))
        if (!help.includes(flag)) add(`note: \`colloquy ${command}\` has no ${flag}`);
  }
}

/** Every COLLOQUY_* variable that the files set is read somewhere. */
function checkVariables() {
  const named = new Set(files.flatMap((file) => read(file).match(/\bCOLLOQUY_[A-Z_]+\b/g) ?? []));
  const sources = ['core', 'handlers', 'models', 'sdk'].flatMap((folder) =>
    readdirSync(join(here, folder), { recursive: true })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => readFileSync(join(here, folder, name), 'utf8')),
  );
  for (const variable of named) {
    if (!sources.some((source) => source.includes(variable)))
      add(`note: nothing in Colloquy reads ${variable}`);
  }
}
