import type { ModelProgress } from '../../../models/store.ts';
import type { MessageStream } from '../output/progress.ts';
import { megabytes } from './table.ts';

const REDRAW_MS = 100;
const BAR_CELLS = 20;
const DEFAULT_COLUMNS = 80;

/** Shows how far the download of one model is. */
export type DownloadBar = {
  readonly update: (progress: ModelProgress) => void;
  readonly say: (text: string) => void;
  /** Takes the bar off the terminal. */
  readonly clear: () => void;
};

/** One line on a terminal, redrawn at most ten times a second; elsewhere only what `say` is given. */
export function createDownloadBar(stderr: MessageStream, id: string): DownloadBar {
  if (stderr.isTTY !== true) {
    return {
      update: () => undefined,
      say: (text) => stderr.write(`${id}: ${text}\n`),
      clear: () => undefined,
    };
  }
  let drawnAtMs = -Infinity;
  const draw = (text: string) =>
    stderr.write(`\r\u001b[2K${text.slice(0, (stderr.columns ?? DEFAULT_COLUMNS) - 1)}`);
  return {
    say: (text) => draw(`${id}: ${text}`),
    clear: () => draw(''),
    update: (progress) => {
      const nowMs = performance.now();
      if (nowMs - drawnAtMs < REDRAW_MS) return;
      drawnAtMs = nowMs;
      draw(`${id}: ${describe(progress)}`);
    },
  };
}

/** `[#####               ]  27 % 7.2 MB of 27 MB model.onnx`. */
function describe({ file, receivedBytes, totalBytes }: ModelProgress): string {
  if (totalBytes === undefined || totalBytes <= 0) return `${megabytes(receivedBytes)} ${file}`;
  const share = Math.min(1, receivedBytes / totalBytes);
  const bar = '#'.repeat(Math.round(share * BAR_CELLS)).padEnd(BAR_CELLS);
  const percent = String(Math.floor(share * 100)).padStart(3);
  return `[${bar}] ${percent} % ${megabytes(receivedBytes)} of ${megabytes(totalBytes)} ${file}`;
}
