/** What the commands about voices print, wherever the work was done. */
import { formatFixed } from '../../../core/formats/writing/fixed-decimal.ts';
import type { EmbeddingSpace } from '../../../core/result/voice-terms.ts';
import type { CompareResult, EmbedResult, IdentifyResult, VerifyResult } from '../../../sdk/index.ts';
import { nameOf } from '../input/input-name.ts';
import { qualityText, scoreText, thresholdText, type ToldQuality } from './voice-text.ts';

/** JSON for programs, text for people. */
export type CommandReport = { readonly json: unknown; readonly text: string };

/** The result of an input of the command line. */
export type Done<R> = { readonly input: string; readonly result: R };

/** How many candidates people are told of; programs get all. */
const SHOWN_CANDIDATES = 5;

/** A line or several for each input. */
export function reportOfEach<R extends object>(
  done: readonly Done<R>[],
  textOf: (name: string, result: R) => string,
): CommandReport {
  return {
    json: done.map(({ input, result }) => ({ input, ...result })),
    text: done.map(({ input, result }) => textOf(nameOf(input), result)).join(''),
  };
}

export function embedReport(done: readonly Done<Pick<EmbedResult, 'space' | 'quality'>>[]): CommandReport {
  return reportOfEach(done, (name, { space, quality }) => {
    const vector = `${space.dimension} values of ${space.model} (${space.fingerprint.slice(0, 8)})`;
    return `${name}: ${vector}; ${qualityText(quality)}\n`;
  });
}

type Decision<R extends CompareResult> = Pick<
  R,
  'sameSpeaker' | 'score' | 'llr' | 'probability' | 'normalizedScore' | 'threshold' | 'quality'
>;

export function compareReport(
  [a, b]: readonly [string, string],
  result: Decision<CompareResult>,
): CommandReport {
  const verdict = result.sameSpeaker ? 'one speaker' : 'two speakers';
  const text = [
    `${verdict}: ${scoreText(result)} (threshold ${thresholdText(result.threshold)})`,
    `  ${nameOf(a)}: ${qualityText(result.quality[0]!)}`,
    `  ${nameOf(b)}: ${qualityText(result.quality[1]!)}`,
  ];
  return { json: { inputs: [a, b], ...result }, text: `${text.join('\n')}\n` };
}

/** @param voice what it is called */
export function verifyReport(done: readonly Done<Decision<VerifyResult>>[], voice: string): CommandReport {
  return reportOfEach(done, (name, result) => {
    const verdict = result.sameSpeaker ? `is ${voice}` : `is not ${voice}`;
    return `${name} ${verdict}: ${scoreText(result)} (threshold ${thresholdText(result.threshold)}); ${qualityText(result.quality[0]!)}\n`;
  });
}

export function identifyReport(
  done: readonly Done<Pick<IdentifyResult, 'voice' | 'candidates' | 'threshold' | 'quality'>>[],
): CommandReport {
  return reportOfEach(done, (name, { voice, candidates, threshold, quality }) => {
    const lines = candidates
      .slice(0, SHOWN_CANDIDATES)
      .map((candidate) => `  ${candidate.voice}: ${scoreText(candidate)}\n`);
    const verdict = `${voice ?? 'unknown'} (threshold ${thresholdText(threshold)})`;
    return `${name}: ${verdict}; ${qualityText(quality)}\n${lines.join('')}`;
  });
}

/** A voice after samples were added to it, and what became of each. */
export type EnrolReportInput = {
  readonly name: string;
  readonly space: EmbeddingSpace;
  readonly sampleCount: number;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly samples: readonly {
    readonly input: string;
    readonly quality: ToldQuality;
    /** Cosine with the mean of the others, of a sample that was left out. */
    readonly refusedScore?: number | undefined;
  }[];
};

export function enrollReport({ samples, ...voice }: EnrolReportInput): CommandReport {
  const { name, space, sampleCount, createdAt, updatedAt } = voice;
  const { model, fingerprint, dimension } = space;
  const lines = samples.map(({ input, quality, refusedScore }) => {
    const verdict =
      refusedScore === undefined
        ? 'added'
        : `left out, it does not match the others (cosine ${formatFixed(refusedScore, 3)})`;
    return `  ${nameOf(input)}: ${verdict}; ${qualityText(quality)}\n`;
  });
  return {
    json: {
      name,
      space: { model, fingerprint, dimension },
      sampleCount,
      createdAt,
      updatedAt,
      samples: samples.map(({ input, quality, refusedScore }) => ({
        input,
        accepted: refusedScore === undefined,
        quality,
      })),
    },
    text: `${name}: ${sampleCount} sample${sampleCount === 1 ? '' : 's'}\n${lines.join('')}`,
  };
}

/** Voices that are kept somewhere. */
export function voicesReport(
  voices: readonly {
    readonly name: string;
    readonly space: EmbeddingSpace;
    readonly sampleCount: number;
    readonly speechSeconds: number;
    readonly needsEnrollingAnew: boolean;
    readonly updatedAt: string;
  }[],
): CommandReport {
  const text = voices.map(({ name, space, sampleCount, speechSeconds, needsEnrollingAnew, updatedAt }) => {
    const samples = `${sampleCount} sample${sampleCount === 1 ? '' : 's'}`;
    const advice = needsEnrollingAnew
      ? '; of another encoder than the one that enrols now: enrol it anew to use it beside new voices'
      : '';
    return `${name}: ${samples}, ${speechSeconds.toFixed(1)} s of speech, ${space.model}, ${updatedAt.slice(0, 10)}${advice}\n`;
  });
  return { json: voices, text: text.join('') };
}
