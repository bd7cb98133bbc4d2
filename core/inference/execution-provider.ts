import { existsSync } from 'node:fs';
import { DependencyError } from '../errors.ts';

/** What can run a graph. */
export const EXECUTION_PROVIDERS = ['cpu', 'cuda'] as const;
/** What runs a graph. */
export type ExecutionProvider = (typeof EXECUTION_PROVIDERS)[number];

/** What a user may ask for: `auto` takes CUDA where it works and the CPU elsewhere. */
export const PROVIDER_CHOICES = ['auto', ...EXECUTION_PROVIDERS] as const;
/** A provider by name, or `auto`: CUDA where it works, else the CPU with a warning. */
export type ProviderChoice = (typeof PROVIDER_CHOICES)[number];

/** Whether a provider can be used here, found out by running a graph on it. */
export type ProviderProbe = {
  readonly provider: ExecutionProvider;
  readonly usable: boolean;
  /** Why not; what the runtime said, without paths. */
  readonly reason?: string;
};

/** Something a user should know about how a session runs; a result carries it in its `warnings`. */
export type SessionWarning = { readonly code: 'provider_fallback'; readonly message: string };

/** Device files of the NVIDIA driver: Linux, and Windows' Linux subsystem. Without one, CUDA cannot work. */
const NVIDIA_DEVICES = ['/dev/nvidiactl', '/dev/nvidia0', '/proc/driver/nvidia/version', '/dev/dxg'];

/** True where an NVIDIA driver is present, so that a fall back to the CPU would surprise. */
export function hasNvidiaDevice(): boolean {
  return NVIDIA_DEVICES.some((path) => existsSync(path));
}

/** Whether a choice comes down to the CPU without trying anything. */
export function isCpu(choice: ProviderChoice): boolean {
  return choice === 'cpu' || (choice === 'auto' && !hasNvidiaDevice());
}

/** The error for a provider that was asked for by name and cannot be used. */
export function providerUnavailable(provider: ExecutionProvider, reason: string): DependencyError {
  return new DependencyError(
    'provider_unavailable',
    `The execution provider "${provider}" was asked for but cannot be used here: ${reason}. ` +
      'It needs an NVIDIA GPU with its driver, CUDA 12 with cuDNN 9, and the CUDA files of onnxruntime-node ' +
      '(infra/docker/install-cuda-provider.sh); use the provider "cpu" or "auto" to run without.',
    { details: { provider, reason } },
  );
}

/** What `auto` reports when a GPU is there and is not used. */
export function providerFallback(reason: string): SessionWarning {
  return {
    code: 'provider_fallback',
    message: `An NVIDIA GPU is present but CUDA cannot be used (${reason}); running on the CPU instead.`,
  };
}

/** First line of a runtime's message without absolute paths and source positions, fit to be shown. */
export function briefReason(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const line = text.split('\n', 1)[0] ?? '';
  return (
    line
      .replaceAll(/(^|\s)\/\S+/g, '$1…')
      .trim()
      .slice(0, 300) || 'no reason given'
  );
}
