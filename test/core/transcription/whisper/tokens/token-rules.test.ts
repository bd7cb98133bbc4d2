import { describe, expect, it } from 'vitest';
import {
  applyTokenRules,
  type TokenRuleSet,
} from '../../../../../core/transcription/whisper/tokens/token-rules.ts';
import { type LogitsInput, ruleLogits } from '../../../../support/golden-features.ts';
import { goldenJson } from '../../../../support/recogniser-goldens.ts';

type Golden = {
  readonly layout: { eot: number; noTimestamps: number; timestampBegin: number; vocab: number };
  readonly cases: readonly {
    readonly name: string;
    readonly sampled: readonly number[];
    readonly logits: LogitsInput;
    readonly maxInitialTimestampIndex: number | null;
    readonly expected: { readonly allowed: readonly (readonly [number, number])[]; readonly argmax: number };
  }[];
};

const { layout, cases } = goldenJson('whisper/timestamp-rules.json') as Golden;

function rulesWith(changes: Partial<TokenRuleSet>): TokenRuleSet {
  return {
    endOfText: layout.eot,
    noTimestamps: layout.noTimestamps,
    timestampBegin: layout.timestampBegin,
    suppressed: [],
    suppressedAtBegin: [],
    maxInitialTimestampIndex: null,
    timestamps: true,
    ...changes,
  };
}

function allowedRanges(logits: Float32Array): number[][] {
  const ranges: number[][] = [];
  for (let token = 0; token < logits.length; token++) {
    if (logits[token] === -Infinity) continue;
    if (ranges.at(-1)?.[1] === token) ranges.at(-1)![1] = token + 1;
    else ranges.push([token, token + 1]);
  }
  return ranges;
}

describe('applyTokenRules', () => {
  it.each(cases)('allows what the references allow: $name', (golden) => {
    const logits = ruleLogits(golden.logits, layout.vocab, layout.timestampBegin);
    const { maxInitialTimestampIndex } = golden;
    applyTokenRules(logits, golden.sampled, rulesWith({ maxInitialTimestampIndex }));
    expect(allowedRanges(logits)).toEqual(golden.expected.allowed);
    expect(logits.indexOf(Math.max(...logits))).toBe(golden.expected.argmax);
  });

  it('forbids tokens always or only at the beginning', () => {
    const rules = rulesWith({ suppressed: [3], suppressedAtBegin: [4], timestamps: false });
    const first = new Float32Array(layout.vocab);
    applyTokenRules(first, [], rules);
    expect([first[3], first[4], first[5]]).toEqual([-Infinity, -Infinity, 0]);
    const second = new Float32Array(layout.vocab);
    applyTokenRules(second, [9], rules);
    expect([second[3], second[4]]).toEqual([-Infinity, 0]);
  });
});
