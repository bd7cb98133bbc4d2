import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { promisify } from 'node:util';
import { findExecutable } from '../../../core/audio/ffmpeg/process-fence.ts';
import { hasNvidiaDevice } from '../../../core/inference/execution-provider.ts';
import { probeProviders } from '../../../core/inference/onnx-runtime.ts';
import type { Finding } from './finding.ts';
import { nvidiaDriver } from './machine.ts';

const run = promisify(execFile);

/** ffmpeg, which decodes everything but WAV, and the tools that fence it in. */
export async function examineFfmpeg(ffmpegPath: string, searchPath: string): Promise<Finding> {
  const path = await findExecutable(ffmpegPath, searchPath);
  const fences = (
    await Promise.all(
      ['prlimit', 'setpriv'].map(async (name) => ((await findExecutable(name, searchPath)) ? [name] : [])),
    )
  ).flat();
  const version = path === undefined ? undefined : await ffmpegVersion(path, searchPath);
  const facts = { path: path ?? null, version: version ?? null, fences };
  if (version === undefined) {
    return {
      check: 'ffmpeg',
      status: 'note',
      summary:
        path === undefined ? 'no ffmpeg: only WAV can be read' : `${path} does not run: only WAV can be read`,
      remedy: 'Install it, e.g. `apt-get install ffmpeg` or `brew install ffmpeg`.',
      facts,
    };
  }
  const fenced = fences.length > 0 ? `, fenced by ${fences.join(' and ')}` : ', without limits of the system';
  return { check: 'ffmpeg', status: 'ok', summary: `ffmpeg ${version} at ${path!}${fenced}`, facts };
}

async function ffmpegVersion(path: string, searchPath: string): Promise<string | undefined> {
  try {
    const { stdout } = await run(path, ['-hide_banner', '-version'], {
      timeout: 10_000,
      env: { PATH: searchPath },
    });
    return /^ffmpeg version (\S+)/.exec(stdout)?.[1];
  } catch {
    return undefined;
  }
}

/** ONNX Runtime and what it can really run on, found out by running a graph. */
export async function examineRuntime(): Promise<Finding[]> {
  const version = runtimeVersion();
  const probes = await probeProviders();
  const gpu = hasNvidiaDevice();
  return probes.map(({ provider, usable, reason }): Finding => {
    const facts = { provider, usable, reason: reason ?? null, version };
    const check = `provider ${provider}`;
    if (provider === 'cpu') {
      const remedy =
        'Install the dependencies again (npm ci); it needs Linux with glibc 2.28, macOS or Windows.';
      return usable
        ? { check, status: 'ok', summary: `ONNX Runtime ${version} runs on the CPU`, facts }
        : {
            check,
            status: 'missing',
            summary: `ONNX Runtime does not run: ${reason ?? 'no reason given'}`,
            remedy,
            facts,
          };
    }
    const driver = nvidiaDriver();
    if (usable)
      return {
        check,
        status: 'ok',
        summary: `CUDA runs (driver ${driver ?? 'unknown'})`,
        facts: { ...facts, driver },
      };
    return {
      check,
      status: 'note',
      summary: gpu
        ? `an NVIDIA GPU is here, but CUDA does not run: ${reason ?? 'no reason given'}`
        : 'no NVIDIA GPU: runs on the CPU',
      ...(gpu ? { remedy: 'Run infra/docker/install-cuda-provider.sh; it needs CUDA 12 with cuDNN 9.' } : {}),
      facts: { ...facts, driver },
    };
  });
}

function runtimeVersion(): string {
  try {
    const path = createRequire(import.meta.url).resolve('onnxruntime-node/package.json');
    return (JSON.parse(readFileSync(path, 'utf8')) as { version: string }).version;
  } catch {
    return 'unknown';
  }
}
