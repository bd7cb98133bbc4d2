/** A program for tests: makes trials of a small study until there are enough. Arguments: journal, machine, trials. */
import { DIARIZATION_PRESETS } from '../../core/diarization/presets.ts';
import { JournalFile } from '../../core/tune/journal/journal-file.ts';
import { planStudy } from '../../core/tune/study/study.ts';
import { hashOf } from '../../core/tune/study/tuned-recording.ts';
import { TuneWorker } from '../../core/tune/worker/tune-worker.ts';
import { processHasEnded, withFileLock } from '../../models/file-lock.ts';
import { ANNA, BERT, tinyObservations } from './tiny-observations.ts';

const [journalPath = '', machine = '', trialCount = ''] = process.argv.slice(2);

const recordings = Array.from({ length: 6 }, (_, index) => ({
  name: `recording-${index}`,
  observations: tinyObservations(
    Array.from({ length: 4 + index }, () => [
      { frames: [[0, 4]] as const, embedding: ANNA },
      { frames: [[5, 9]] as const, embedding: BERT },
    ]),
  ),
  reference: [
    { startSeconds: 0.5, endSeconds: 4.5, speaker: 'a' },
    { startSeconds: 5.5, endSeconds: 9.5, speaker: 'b' },
  ],
  observationsHash: hashOf(`${index}`),
  referenceHash: hashOf(`reference ${index}`),
  isValidation: false,
}));

const study = planStudy(
  {
    preset: 'ge2e',
    base: DIARIZATION_PRESETS.ge2e!.resolution,
    metric: 'der',
    scoring: {},
    space: [
      { path: 'clustering.threshold', kind: 'float', low: 0.6, high: 1 },
      { path: 'clustering.minClusterSize', kind: 'int', low: 4, high: 16 },
    ],
    fixed: {},
    sampler: 'random',
    seed: 7,
  },
  recordings,
);

// What another machine holds is taken over when it stands still; here for a second, not for half a minute.
const journal = new JournalFile(journalPath, (path, work) =>
  withFileLock(path, work, { machine, heartbeatMs: 100, staleAfterMs: 1_000, pollMs: 5 }),
);
const worker = new TuneWorker(
  study,
  journal,
  {},
  {
    trialCount: Number(trialCount),
    name: `${machine}:${process.pid}`,
    isGone: (name) => {
      const [host, pid] = name.split(':');
      return host === machine && processHasEnded(Number(pid));
    },
    abandonedAfterMs: 4_000,
    now: () => new Date(),
    signal: undefined,
  },
);
await worker.run();
