/**
 * ONNX Runtime in this thread, and what it can run on here.
 *
 * The import is lazy because loading the native library takes longer than all else that `--help` does.
 */
import type * as OnnxRuntime from 'onnxruntime-node';
import type { InferenceSession } from 'onnxruntime-node';
import {
  briefReason,
  type ExecutionProvider,
  isCpu,
  type ProviderChoice,
  type ProviderProbe,
  providerFallback,
  providerUnavailable,
  type SessionWarning,
} from './execution-provider.ts';
import { disableTelemetry } from './runtime-telemetry.ts';

export type Runtime = typeof OnnxRuntime;

let loading: Promise<Runtime> | undefined;

/** The runtime, loaded at the first call; silent on stderr, because every failure comes back as an exception too. */
export function loadRuntime(): Promise<Runtime> {
  loading ??= importRuntime();
  return loading;
}

async function importRuntime(): Promise<Runtime> {
  disableTelemetry();
  const runtime = await import('onnxruntime-node');
  runtime.env.logLevel = 'fatal';
  return runtime;
}

/** Options that hold for every session. */
export function runtimeOptions(
  provider: ExecutionProvider,
  intraOpThreads: number,
): InferenceSession.SessionOptions {
  return {
    executionProviders: [provider],
    graphOptimizationLevel: 'all',
    executionMode: 'sequential',
    intraOpNumThreads: intraOpThreads,
    interOpNumThreads: 1,
    // The arena makes a run 8 % faster and is bounded by the largest input shape; callers keep those fixed.
    enableCpuMemArena: true,
    logSeverityLevel: 4,
  };
}

/** A graph of one addition (y = x + x), to see whether a provider really runs something. */
const PROBE_GRAPH = Buffer.from(
  'CAg6OQoOCgF4CgF4EgF5IgNBZGQSBXByb2JlWg8KAXgSCgoICAESBAoCCAFiDwoBeRIKCggIARIECgIIAUICEA0=',
  'base64',
);

/**
 * Has the runtime prepare what it prepares at its first session in a thread: 60 ms, for when nothing else is to be done.
 */
export async function warmRuntime(): Promise<void> {
  await probe('cpu');
}

let cudaProbe: Promise<ProviderProbe> | undefined;

async function probe(provider: ExecutionProvider): Promise<ProviderProbe> {
  const runtime = await loadRuntime();
  try {
    const session = await runtime.InferenceSession.create(PROBE_GRAPH, runtimeOptions(provider, 1));
    const { y } = await session.run({ x: new runtime.Tensor('float32', Float32Array.of(21), [1]) });
    await session.release();
    if (y?.data[0] === 42) return { provider, usable: true };
    return { provider, usable: false, reason: 'it computes wrong results' };
  } catch (error) {
    return { provider, usable: false, reason: briefReason(error) };
  }
}

/** Which providers can be used on this machine, by running a graph on each: for `colloquy doctor`. */
export async function probeProviders(): Promise<readonly ProviderProbe[]> {
  return [await probe('cpu'), await probe('cuda')];
}

/**
 * The provider that a choice comes down to on this machine.
 *
 * @throws DependencyError `provider_unavailable` when CUDA is asked for by name and cannot be used
 */
export async function chooseProvider(
  choice: ProviderChoice,
): Promise<{ provider: ExecutionProvider; warnings: readonly SessionWarning[] }> {
  if (isCpu(choice)) return { provider: 'cpu', warnings: [] };
  // Asked once a process: a lane opens many models on the provider that was found.
  cudaProbe ??= probe('cuda');
  const cuda = await cudaProbe;
  if (cuda.usable) return { provider: 'cuda', warnings: [] };
  const reason = cuda.reason ?? 'no reason given';
  if (choice === 'cuda') throw providerUnavailable('cuda', reason);
  return { provider: 'cpu', warnings: [providerFallback(reason)] };
}
