import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Session, SessionOpener } from '../../../../core/inference/session.ts';
import { parseNemoConfig } from '../../../../core/transcription/nemo/nemo-config.ts';
import type { NemoNetwork } from '../../../../core/transcription/nemo/nemo-network.ts';
import { NemoVocabulary } from '../../../../core/transcription/nemo/nemo-vocabulary.ts';
import { openNemoNetwork } from '../../../../core/transcription/nemo/open-nemo.ts';
import { expectArrayClose } from '../../../support/close-to.ts';
import { nemoFeatures, type NemoInput } from '../../../support/golden-features.ts';
import { nemoFiles } from '../../../support/nemo-stand-in.ts';
import { goldenFolders, goldenJson, goldenPath } from '../../../support/recogniser-goldens.ts';
import { openOnCpu } from '../../../support/whisper-stand-in.ts';

type NemoCase = {
  readonly name: string;
  readonly input: NemoInput;
  readonly expected: readonly {
    readonly tokens: readonly number[];
    readonly frames: readonly number[];
    readonly logprobs: readonly number[];
    readonly pieces: readonly string[];
    readonly seconds: readonly number[];
    readonly text: string;
  }[];
  /** [token, duration or -1] of every run of the decoder. */
  readonly trace?: readonly (readonly [number, number])[];
};
type NemoFile = { readonly blank: number; readonly cases: readonly NemoCase[] };

const SCORES = 1e-4;
const SECONDS_PER_FRAME = 0.08;

describe.each(goldenFolders('nemo').map((model) => ({ model })))('$model', ({ model }) => {
  const folder = goldenPath(`nemo/${model}`)!;
  const golden = goldenJson(`nemo/${model}/cases.json`) as NemoFile;
  const trace: (readonly [number, number])[] = [];
  let vocabulary: NemoVocabulary;
  let network: NemoNetwork;

  beforeAll(async () => {
    vocabulary = NemoVocabulary.parse(await readFile(join(folder, 'vocab.txt'), 'utf8'), model);
    const config = parseNemoConfig(await readFile(join(folder, 'config.json'), 'utf8'), model);
    const open: SessionOpener = async (file) => traced(await openOnCpu(file), vocabulary.size, trace);
    ({ network } = await openNemoNetwork(nemoFiles(folder), vocabulary, config, open));
  });
  afterAll(() => network.release());

  it('has the blank of the reference', () => {
    expect(vocabulary.blank).toBe(golden.blank);
  });

  it.each(golden.cases)(
    'decodes as onnx-asr does, run by run: $name',
    async ({ input, expected, ...rest }) => {
      trace.length = 0;
      const features = {
        data: nemoFeatures(input),
        melCount: input.features,
        columns: input.frames,
        lengths: input.lengths,
      };
      const rows = await network.decode(features, undefined);
      expect(rows).toHaveLength(expected.length);
      rows.forEach((row, index) => {
        const wanted = expected[index]!;
        expect(row.tokens).toEqual(wanted.tokens);
        expect(row.frames).toEqual(wanted.frames);
        expectArrayClose(
          row.logProbs,
          wanted.logprobs,
          { maxAbs: SCORES },
          `log-probabilities of row ${index}`,
        );
        expect(row.tokens.map((token) => vocabulary.piece(token))).toEqual(wanted.pieces);
        const seconds = row.frames.map((frame) => frame * SECONDS_PER_FRAME);
        expectArrayClose(seconds, wanted.seconds, { maxAbs: 1e-9 }, 'seconds');
        expect(vocabulary.text(row.tokens)).toBe(wanted.text);
      });
      if (rest.trace !== undefined) expect(trace).toEqual(rest.trace);
    },
  );
});

it('finds models to compare with', () => {
  expect(goldenFolders('nemo').length).toBeGreaterThanOrEqual(3);
  for (const model of goldenFolders('nemo'))
    expect(existsSync(join(goldenPath(`nemo/${model}`)!, 'vocab.txt'))).toBe(true);
});

/** Writes down what every run of a decoder says. */
function traced(session: Session, vocabularySize: number, trace: (readonly [number, number])[]): Session {
  if (!session.inputNames.includes('targets')) return session;
  return {
    ...pick(session),
    run: async (feeds, fetches) => {
      const outputs = await session.run(feeds, fetches);
      const scores = outputs.outputs!.data as Float32Array;
      const tokens = scores.subarray(0, vocabularySize);
      const durations = scores.subarray(vocabularySize);
      trace.push([
        tokens.indexOf(Math.max(...tokens)),
        durations.length === 0 ? -1 : durations.indexOf(Math.max(...durations)),
      ]);
      return outputs;
    },
    release: () => session.release(),
  };
}

function pick({ model, provider, concurrency, inputNames, outputNames, warnings }: Session) {
  return { model, provider, concurrency, inputNames, outputNames, warnings };
}
