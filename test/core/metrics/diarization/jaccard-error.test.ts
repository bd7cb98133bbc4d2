import { describe, expect, it } from 'vitest';
import { jaccardError, sumJaccardErrors } from '../../../../core/metrics/diarization/jaccard-error.ts';
import { expectClose } from '../../../support/expect-close.ts';
import { metricCases } from '../../../support/golden-cases.ts';
import { turnsOf, uemOf, type GoldenRecording } from '../../../support/golden-turns.ts';

type JaccardCase = GoldenRecording & {
  readonly expected: readonly {
    readonly withUem: boolean;
    readonly collar: number;
    readonly skipOverlap: boolean;
    readonly speakerCount: number;
    readonly speakerErrorSum: number;
    readonly jer: number;
    readonly perSpeaker: Readonly<Record<string, number>>;
    /** Reference label to hypothesis label. */
    readonly mapping: Readonly<Record<string, string>>;
    readonly mappingUnique: boolean;
  }[];
};

describe('jaccardError against pyannote.metrics', () => {
  it.each(metricCases('metrics/jaccard-error-rate/1') as readonly JaccardCase[])('$id', (recording) => {
    for (const [index, row] of recording.expected.entries()) {
      const actual = jaccardError(turnsOf(recording.reference), turnsOf(recording.hypothesis), {
        uem: uemOf(recording, row.withUem),
        collarTotalSeconds: row.collar,
        skipOverlap: row.skipOverlap,
      });
      const where = `row ${index} (uem ${row.withUem}, collar ${row.collar}, skipOverlap ${row.skipOverlap})`;
      expect(actual.speakerCount, where).toBe(row.speakerCount);
      if (!row.mappingUnique) continue;
      expectClose(actual.speakerErrorSum, row.speakerErrorSum, `${where}: sum`);
      expectClose(actual.errorRate, row.jer, `${where}: rate`);
      expect([...actual.perSpeaker.keys()].sort(), where).toEqual(Object.keys(row.perSpeaker).sort());
      for (const [speaker, error] of actual.perSpeaker) {
        expectClose(error, row.perSpeaker[speaker]!, `${where}: ${speaker}`);
      }
      const inverse = [...actual.mapping].map(([hypothesis, reference]) => [reference, hypothesis]);
      expect(Object.fromEntries(inverse), where).toEqual(row.mapping);
    }
  });
});

describe('sumJaccardErrors', () => {
  it('is the mean over the speakers of all recordings', () => {
    const one = { speakerCount: 1, speakerErrorSum: 1 };
    const three = { speakerCount: 3, speakerErrorSum: 0 };
    expect(sumJaccardErrors([one, three]).errorRate).toBe(0.25);
    expect(sumJaccardErrors([]).errorRate).toBe(1);
  });
});
