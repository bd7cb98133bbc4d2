/** What a trial of `colloquy tune` costs, and what a second process brings. Observations are those of `families`. */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readClusteringModels } from '../core/diarization/clustering-models.ts';
import { findPreset } from '../core/diarization/presets.ts';
import { withSettings } from '../core/resolution/settings.ts';
import { resolve } from '../core/resolution/resolve.ts';
import { parseLines } from '../core/tune/journal/journal-lines.ts';
import { scoreRecording } from '../core/tune/study/metric.ts';
import { benchSetup } from './support/engine.ts';
import { observed } from './support/observed.ts';
import { AMI, CONVERSATIONS, recordingPath, referenceOf, scratch } from './support/recordings.ts';
import type { Benchmark, Row } from './support/row.ts';

const PRESET = 'embedded';
const NAMES = [...CONVERSATIONS, ...AMI, 'sample'];
const TRIALS = 20;
const WARM_UP = 3;
const SHARED_TRIALS = 100;
const SECONDS_TARGET = 0.1;
const GAIN_TARGET = 1.8;

export const tuneTrials: Benchmark = {
  name: 'tune',
  measure: async () => [await costOfTrial(), await gainOfJobs()],
};

async function costOfTrial(): Promise<Row> {
  const base = findPreset(PRESET).resolution;
  const models = await readClusteringModels((await benchSetup(PRESET)).files);
  const recordings = [];
  for (const name of NAMES)
    recordings.push({ observations: await observed(name, 'clean', PRESET), reference: referenceOf(name) });
  let before = process.cpuUsage();
  for (let trial = -WARM_UP; trial < TRIALS; trial++) {
    if (trial === 0) before = process.cpuUsage();
    const options = withSettings(base, {
      'clustering.threshold': 0.6 + 0.005 * trial,
      'clustering.leastGain': trial % 5,
      minAloneShare: 0.06 + 0.002 * trial,
    });
    for (const { observations, reference } of recordings) {
      const uem = [{ startSeconds: 0, endSeconds: observations.sampleCount / 16_000 }];
      scoreRecording(reference, resolve(observations, options, models).turns, { uem });
    }
  }
  const { user, system } = process.cpuUsage(before);
  const seconds = (user + system) / 1e6 / TRIALS;
  const audio = recordings.reduce((sum, { observations }) => sum + observations.sampleCount / 16_000, 0);
  return {
    what: `tune: a trial over ${Math.round(audio)} s of audio, ${PRESET}, processor time (mean of ${TRIALS})`,
    target: `≤ ${SECONDS_TARGET} s`,
    measured: `${seconds.toFixed(3)} s`,
    met: seconds <= SECONDS_TARGET,
  };
}

/** From the first trial's start to the last one's end, as the journal says: a second process begins a little later. */
async function gainOfJobs(): Promise<Row> {
  const folder = mkdtempSync(join(scratch, 'tune-'));
  try {
    const truth = join(folder, 'truth');
    const observations = join(folder, 'observed');
    mkdirSync(truth);
    mkdirSync(observations);
    for (const name of NAMES) {
      await observed(name, 'clean', PRESET);
      const file = `${name}.observations`;
      cpSync(join(scratch, 'observations', PRESET, 'clean', file), join(observations, file));
      const rttm = readFileSync(join(dirname(recordingPath(name)), `${name}.rttm`), 'utf8');
      writeFileSync(join(truth, `${name}.rttm`), rttm);
    }
    const [one, two] = ['1', '2'].map((jobs) => {
      const output = join(folder, jobs);
      const iterations = String(SHARED_TRIALS);
      const paths = [observations, '--reference', truth, '--output', output];
      const cli = join(import.meta.dirname, '../dist/cli.js');
      execFileSync(process.execPath, [cli, 'tune', ...paths, '--num-iter', iterations, '--jobs', jobs], {
        stdio: 'ignore',
      });
      return secondsOf(join(output, 'journal.jsonl'));
    });
    const gain = one! / two!;
    return {
      what: `tune: ${SHARED_TRIALS} trials with two jobs against one`,
      target: `≥ ${GAIN_TARGET} ×`,
      measured: `${gain.toFixed(2)} × (${one!.toFixed(1)} s, ${two!.toFixed(1)} s)`,
      met: gain >= GAIN_TARGET,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function secondsOf(journal: string): number {
  const times = parseLines(readFileSync(journal), 1).lines.flatMap((line) =>
    line.type === 'start' || line.type === 'end' ? [Date.parse(line.time)] : [],
  );
  return (Math.max(...times) - Math.min(...times)) / 1000;
}
