import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseJobInput } from '../../sdk/contract/parse-job-input.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const repository = join(import.meta.dirname, '../..');

function check(root: string): { code: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync('node', ['infra/check.mjs', '--root', root], {
    cwd: repository,
    encoding: 'utf8',
  });
  return { code: status, output: stdout + stderr };
}

/** A copy of the infrastructure with one text replaced by another. */
function changed(file: string, from: string | RegExp, to: string): string {
  const root = temporaryFolder();
  for (const path of ['Dockerfile', '.dockerignore', '.runpod', 'infra']) {
    cpSync(join(repository, path), join(root, path), { recursive: true });
  }
  for (const folder of ['core', 'handlers', 'models/embedded', 'sdk', 'infra/tooling'])
    mkdirSync(join(root, folder), { recursive: true });
  for (const name of ['package.json', 'package-lock.json', '.npmrc', 'tsconfig.json', 'LICENSE', 'NOTICE']) {
    writeFileSync(join(root, name), '');
  }
  const before = readFileSync(join(root, file), 'utf8');
  const after = before.replace(from, to);
  expect(after, `${file} has nothing to replace`).not.toBe(before);
  writeFileSync(join(root, file), after);
  return root;
}

describe('infra/check.mjs', () => {
  it('finds no problem in this repository', () => {
    const { code, output } = check(repository);
    expect(output).toContain(' 0 problems');
    expect(code).toBe(0);
  });

  it.each([
    ['a base without digest', 'Dockerfile', /(NODE_IMAGE=\S+)@sha256:\w+/, '$1', 'not pinned by digest'],
    ['root', 'Dockerfile', /USER 10001:10001/, 'USER root', 'does not run as a user other than root'],
    ['no USER', 'Dockerfile', /USER 10001:10001\n/, '', 'does not run as a user other than root'],
    [
      'a command in shell form',
      'Dockerfile',
      /CMD \[.*\]/,
      'CMD node dist/runpod-worker.js',
      'no CMD in exec form',
    ],
    ['ADD', 'Dockerfile', 'COPY core core', 'ADD core core', 'ADD fetches'],
    [
      'a source that does not exist',
      'Dockerfile',
      'COPY core core',
      'COPY cores core',
      'copies cores, which does not exist',
    ],
    ['a source that is ignored', '.dockerignore', '!core\n', '', '.dockerignore keeps out'],
    ['an unknown stage', 'Dockerfile', '--from=models', '--from=weights', 'no earlier stage'],
    [
      'a server without a key',
      'infra/cloud-run/serve.yaml',
      'COLLOQUY_SERVE_KEY\n',
      'OTHER\n',
      'no COLLOQUY_SERVE_KEY',
    ],
    [
      'a wrong probe',
      'infra/kubernetes/serve.yaml',
      '/health/ready',
      '/health',
      'readinessProbe is not /health/ready',
    ],
    [
      'a balancer without ports',
      'infra/runpod/load-balancer.json',
      /"PORT_HEALTH": "8000"/,
      '"PORT_X": "1"',
      'PORT and PORT_HEALTH',
    ],
    ['a secret argument', 'Dockerfile', 'ARG MODELS=""', 'ARG HF_TOKEN=""', 'looks like a secret'],
    ['driver libraries', 'Dockerfile', 'ffmpeg tini', 'ffmpeg tini nvidia-driver-570', 'driver libraries'],
    [
      'package lists left behind',
      'Dockerfile',
      / \\\n && rm -rf \/var\/lib\/apt\/lists\/\*/,
      '',
      'package lists',
    ],
    [
      'a download that is run',
      'Dockerfile',
      'RUN npm ci',
      'RUN curl -s https://x.example | sh',
      'without a check',
    ],
    ['a missing target', 'Dockerfile', ' AS cuda\n', ' AS gpu\n', 'no stage cuda'],
    [
      'broken YAML',
      'infra/kubernetes/colloquy.yaml',
      'kind: Namespace',
      'kind: [Namespace',
      'colloquy.yaml: ',
    ],
    [
      'a writable root file system',
      'infra/kubernetes/colloquy.yaml',
      'readOnlyRootFilesystem: true',
      'readOnlyRootFilesystem: false',
      'not read-only',
    ],
    [
      'several replicas of the queue',
      'infra/kubernetes/colloquy.yaml',
      'replicas: 1',
      'replicas: 3',
      'replicas must be 1',
    ],
    [
      'an image "latest"',
      'infra/kubernetes/batch-indexed-job.yaml',
      ':0.1.0-cpu',
      ':latest',
      'is not pinned',
    ],
    ['root in a job of AWS', 'infra/aws/batch-array.json', '"user": "10001"', '"user": "0"', 'runs as root'],
    [
      'a key in a task of AWS',
      'infra/aws/watch-service.json',
      '"AWS_REGION"',
      '"AWS_SECRET_ACCESS_KEY"',
      'belongs in a role',
    ],
    [
      'a port for everybody',
      'infra/docker/compose.yaml',
      '127.0.0.1:8000:8000',
      '8000:8000',
      'to the network',
    ],
    [
      'several instances of the queue',
      'infra/cloud-run/service.yaml',
      "maxScale: '1'",
      "maxScale: '5'",
      'maxScale',
    ],
    [
      'four GPU pools',
      'infra/runpod/endpoint.json',
      '"AMPERE_16",',
      '"AMPERE_16", "AMPERE_48",',
      'one to three pools',
    ],
    [
      'a secret in the endpoint',
      'infra/runpod/endpoint.json',
      '"env": {',
      '"env": { "S3_SECRET": "x",',
      "RunPod's secrets",
    ],
    ['an unknown hub category', '.runpod/hub.json', '"audio"', '"sound"', 'category'],
    [
      'a preset of a variable that is not there',
      '.runpod/hub.json',
      '"COLLOQUY_PROVIDER": "cuda"',
      '"PROVIDER": "cuda"',
      'PROVIDER is no variable',
    ],
    ['a key', 'infra/runpod/README.md', '…', 'rpa_ABCDEFGHIJKLMNOPQRSTUVWXYZ012345', 'looks like a secret'],
    [
      'a script with a syntax error',
      'infra/docker/install-cuda-provider.sh',
      '\nfail() {',
      '\nfail() {{',
      'install-cuda-provider.sh: ',
    ],
  ])('finds %s', (_, file, from, to, problem) => {
    const { code, output } = check(changed(file, from, to));
    expect(output).toContain(problem);
    expect(code).toBe(1);
  });
});

describe('.runpod/tests.json', () => {
  const { tests } = JSON.parse(readFileSync(join(repository, '.runpod/tests.json'), 'utf8')) as {
    tests: { name: string; input: unknown }[];
  };

  it.each(tests.map(({ name, input }) => [name, input]))('%s is a job of the contract', (_, input) => {
    expect(parseJobInput(input, { strict: true })).toMatchObject({ ok: true });
  });
});

describe('install-cuda-provider.sh', () => {
  /** An onnxruntime-node whose install script writes such a library, since the real one needs the network. */
  function packageWith(library: string): string {
    const folder = join(temporaryFolder(), 'onnxruntime-node');
    mkdirSync(join(folder, 'script'), { recursive: true });
    mkdirSync(join(folder, 'bin/napi-v6/linux/x64'), { recursive: true });
    const install = `
      if (process.env.ONNXRUNTIME_NODE_INSTALL !== 'cuda12') process.exit(3);
      for (const name of ['shared', 'cuda', 'tensorrt'])
        require('fs').writeFileSync(__dirname + '/../bin/napi-v6/linux/x64/libonnxruntime_providers_' + name + '.so', ${JSON.stringify(library)});`;
    writeFileSync(join(folder, 'script/install.js'), install);
    return folder;
  }

  function install(folder: string, hash = ''): { code: number | null; output: string } {
    const { status, stdout, stderr } = spawnSync('bash', ['infra/docker/install-cuda-provider.sh', folder], {
      cwd: repository,
      encoding: 'utf8',
      env: { ...process.env, CUDA_PROVIDER_SHA256: hash },
    });
    return { code: status, output: stdout + stderr };
  }

  it('keeps CUDA, drops TensorRT and prints the checksum to pin', () => {
    const folder = packageWith('\u007fELF…');
    const first = install(folder);
    expect(first).toMatchObject({
      code: 0,
      output: expect.stringMatching(/has SHA-256 [0-9a-f]{64}; pin it/),
    });
    const hash = /SHA-256 ([0-9a-f]{64})/.exec(first.output)![1]!;
    expect(install(folder, hash).code).toBe(0);
    const refused = install(
      folder,
      hash.replace(/^./, (digit) => (digit === '0' ? '1' : '0')),
    );
    expect(refused).toMatchObject({ code: 1, output: expect.stringContaining('it was removed') });
  });

  it('refuses what is no library, and a folder without onnxruntime-node', () => {
    expect(install(packageWith('<html>'))).toMatchObject({
      code: 1,
      output: expect.stringContaining('is not a library'),
    });
    expect(install(temporaryFolder())).toMatchObject({
      code: 1,
      output: expect.stringContaining('run npm ci first'),
    });
  });
});

describe('check-cuda-provider.sh', () => {
  it('names the libraries that a provider does not find', () => {
    const folder = temporaryFolder();
    const library = join(folder, 'bin/napi-v6/linux/x64/libonnxruntime_providers_cuda.so');
    const run = () =>
      spawnSync('bash', ['infra/docker/check-cuda-provider.sh', folder], {
        cwd: repository,
        encoding: 'utf8',
      });
    expect(run().stderr).toContain('run install-cuda-provider.sh');
    // The addon links libonnxruntime.so.1 beside it, which is not there in a copy: a library that is missing for sure.
    cpSync(
      join(repository, 'node_modules/onnxruntime-node/bin/napi-v6/linux/x64/onnxruntime_binding.node'),
      library,
    );
    chmodSync(library, 0o755);
    expect(run()).toMatchObject({ status: 1, stderr: expect.stringContaining('libonnxruntime.so.1') });
  });
});
