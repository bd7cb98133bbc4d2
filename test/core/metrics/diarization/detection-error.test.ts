import { describe, expect, it } from 'vitest';
import { detectionError, sumDetectionErrors } from '../../../../core/metrics/diarization/detection-error.ts';
import { expectClose } from '../../../support/expect-close.ts';
import { metricCases } from '../../../support/golden-cases.ts';
import { turnsOf, uemOf, type GoldenRecording } from '../../../support/golden-turns.ts';

type DetectionCase = GoldenRecording & {
  readonly expected: readonly {
    readonly withUem: boolean;
    readonly collar: number;
    readonly skipOverlap: boolean;
    readonly total: number;
    readonly miss: number;
    readonly falseAlarm: number;
    readonly detectionErrorRate: number;
    readonly retrieved: number;
    readonly relevant: number;
    readonly relevantRetrieved: number;
    readonly precision: number;
    readonly recall: number;
    readonly fMeasure: number;
    readonly trueNegative: number;
    readonly accuracy: number;
  }[];
};

describe('detectionError against pyannote.metrics', () => {
  it.each(metricCases('metrics/detection/1') as readonly DetectionCase[])('$id', (recording) => {
    for (const [index, row] of recording.expected.entries()) {
      const actual = detectionError(turnsOf(recording.reference), turnsOf(recording.hypothesis), {
        uem: uemOf(recording, row.withUem),
        collarTotalSeconds: row.collar,
        skipOverlap: row.skipOverlap,
      });
      const where = `row ${index} (uem ${row.withUem}, collar ${row.collar}, skipOverlap ${row.skipOverlap})`;
      expectClose(actual.totalSeconds, row.total, `${where}: total`);
      expectClose(actual.totalSeconds, row.relevant, `${where}: relevant`);
      expectClose(actual.missedSeconds, row.miss, `${where}: missed`);
      expectClose(actual.falseAlarmSeconds, row.falseAlarm, `${where}: false alarm`);
      expectClose(actual.truePositiveSeconds, row.relevantRetrieved, `${where}: true positive`);
      expectClose(
        actual.truePositiveSeconds + actual.falseAlarmSeconds,
        row.retrieved,
        `${where}: retrieved`,
      );
      expectClose(actual.trueNegativeSeconds, row.trueNegative, `${where}: true negative`);
      expectClose(actual.errorRate, row.detectionErrorRate, `${where}: rate`);
      expectClose(actual.precision, row.precision, `${where}: precision`);
      expectClose(actual.recall, row.recall, `${where}: recall`);
      expectClose(actual.fMeasure, row.fMeasure, `${where}: F`);
      expectClose(actual.accuracy, row.accuracy, `${where}: accuracy`);
    }
  });
});

describe('sumDetectionErrors', () => {
  it('sums the seconds of the recordings', () => {
    const found = detectionError(turnsOf([[0, 3, 'A']]), turnsOf([[0, 3, 'x']]));
    const missed = detectionError(turnsOf([[0, 1, 'A']]), []);
    expect(sumDetectionErrors([found, missed])).toMatchObject({
      errorRate: 0.25,
      recall: 0.75,
      precision: 1,
    });
  });
});
