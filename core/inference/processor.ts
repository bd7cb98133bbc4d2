import { readFileSync } from 'node:fs';
import { arch } from 'node:os';

/**
 * Whether the processor multiplies unsigned with signed bytes without loss: ARM does, x64 where it has VNNI. Without
 * VNNI the runtime adds pairs of products in 16 bits, which overflows, unless weights are unsigned too.
 *
 * What is computed is the same either way; signed weights take two thirds of the time where they can be used.
 *
 * @param cpuInfo text of `/proc/cpuinfo`, empty where there is none: then only the architecture tells
 */
export function multipliesSignedBytes(
  architecture: string = arch(),
  cpuInfo: string = readCpuInfo(),
): boolean {
  if (architecture === 'arm64') return true;
  return architecture === 'x64' && /\bavx(512)?_vnni\b/.test(cpuInfo);
}

/** What tells processors apart that run other instructions: those that Linux lists, nothing elsewhere. */
export function processorFeatures(cpuInfo: string = readCpuInfo()): string {
  return /^(?:flags|Features)\s*:.*$/m.exec(cpuInfo)?.[0] ?? '';
}

function readCpuInfo(): string {
  try {
    return readFileSync('/proc/cpuinfo', 'utf8');
  } catch {
    return '';
  }
}
