/** DER of the default preset, and of pyannote's pipeline with the same networks as our code runs it. */
import { diarizationError, sumDiarizationErrors } from '../../core/metrics/diarization/diarization-error.ts';
import type { Engine } from '../../core/engine/engine.ts';
import { benchSetup, startBenchEngine } from '../support/engine.ts';
import { AMI, CONVERSATIONS, recordingPath, referenceOf } from '../support/recordings.ts';
import { percent, type Benchmark, type Row } from '../support/row.ts';

async function scoreAll(engine: Engine, preset: string, names: readonly string[]) {
  const setup = await benchSetup(preset);
  const errors = [];
  const counts: string[] = [];
  for (const name of names) {
    const result = await engine.run('diarize', {
      ...setup,
      options: {},
      audio: { path: recordingPath(name) },
    });
    const reference = referenceOf(name);
    const uem = [{ startSeconds: 0, endSeconds: result.durationSeconds }];
    errors.push(diarizationError(reference, result.turns, { uem }));
    counts.push(`${result.speakers.length}/${new Set(reference.map(({ speaker }) => speaker)).size}`);
  }
  return { total: sumDiarizationErrors(errors), counts };
}

async function measure(): Promise<Row[]> {
  const engine = await startBenchEngine();
  const rows: Row[] = [];
  try {
    for (const preset of ['embedded', 'pyannote-ge2e']) {
      const ours = preset === 'embedded';
      const conversations = await scoreAll(engine, preset, CONVERSATIONS);
      const confusion = conversations.total.confusionSeconds / conversations.total.totalSeconds;
      const exact = conversations.counts.every((count) => count.split('/')[0] === count.split('/')[1]);
      const meetings = await scoreAll(engine, preset, AMI);
      const sample = await scoreAll(engine, preset, ['sample']);
      rows.push(
        {
          what: `${preset}: conversations, DER / confusion / speakers found`,
          target: ours ? 'confusion ≤ 0.95 %, counts exact' : 'comparison',
          measured: `${percent(conversations.total.errorRate)} / ${percent(confusion)} / ${conversations.counts.join(' ')}`,
          ...(ours ? { met: confusion <= 0.0095 && exact } : {}),
        },
        {
          what: `${preset}: eight AMI excerpts, DER`,
          target: ours ? '≤ 24.5 %' : 'comparison',
          measured: percent(meetings.total.errorRate),
          ...(ours ? { met: meetings.total.errorRate <= 0.245 } : {}),
        },
        {
          what: `${preset}: sample.wav, DER`,
          target: ours ? '≤ 5.6 %' : 'comparison',
          measured: percent(sample.total.errorRate),
          ...(ours ? { met: sample.total.errorRate <= 0.056 } : {}),
        },
      );
    }
  } finally {
    await engine.close();
  }
  return rows;
}

export const diarizationQuality: Benchmark = { name: 'quality', measure };
