/**
 * ONNX Runtime 1.30 for Linux and macOS keeps a database of events with a device id under the home folder, log files in
 * the temporary folder, and sends the events to Microsoft. Here that is off unless the user says otherwise.
 *
 * @see microsoft/onnxruntime, onnxruntime/core/platform/posix/telemetry.cc: `1`, `true` and `yes` turn it off
 */
import { isMainThread } from 'node:worker_threads';
import { DependencyError } from '../errors.ts';

/** Read by the library when it is loaded, from the environment of the process. */
const VARIABLE = 'ORT_DISABLE_TELEMETRY';

/**
 * Turns telemetry off for this process, unless the variable says something already. To be called before the runtime is
 * loaded, and before threads start that load it: only the main thread can change what the library reads, threads have
 * copies.
 *
 * @throws DependencyError `configuration_invalid` in a thread whose process was not prepared: the library would send
 */
export function disableTelemetry(): void {
  if ((process.env[VARIABLE] ?? '') !== '') return;
  if (isMainThread) {
    process.env[VARIABLE] = '1';
    return;
  }
  throw new DependencyError(
    'configuration_invalid',
    `ONNX Runtime would send telemetry from this thread. Set ${VARIABLE}=1 in the environment of the process, or in ` +
      'its main thread before this thread starts (0 leaves telemetry on).',
    { details: { variable: VARIABLE } },
  );
}
