import { describe, expect, it } from 'vitest';
import { utteranceFeatures } from '../../../core/embedding/utterance-front-end.ts';
import { UtteranceGraph } from '../../../core/embedding/utterance-graph.ts';
import type { Session, Tensor } from '../../../core/inference/session.ts';
import { openOnnxSession } from '../../../core/inference/onnx-session.ts';
import { expectArrayClose } from '../../support/close-to.ts';
import { MISSING, sharedPath } from '../../support/shared.ts';
import { noise } from '../../support/signals.ts';

type Fed = Record<string, Tensor>;

/** A session that remembers what it was fed and answers with the same vector every time. */
function recordingSession(
  inputs: string[],
  outputs: string[],
  vector: Float32Array,
): { session: Session; fed: Fed[] } {
  const fed: Fed[] = [];
  const session: Session = {
    model: { id: 'encoder', path: '', inputs, outputs },
    provider: 'cpu',
    concurrency: 1,
    inputNames: inputs,
    outputNames: outputs,
    warnings: [],
    run: (feeds, fetches) => {
      fed.push(feeds);
      return Promise.resolve({ [fetches![0]!]: { data: vector, dims: [1, vector.length] } });
    },
    release: () => Promise.resolve(),
  };
  return { session, fed };
}

const samples = noise(8000, { amplitude: 0.1 });

describe('UtteranceGraph', () => {
  it('feeds TitaNet features and their length, and reads the embedding behind the logits', async () => {
    const { session, fed } = recordingSession(
      ['audio_signal', 'length'],
      ['logits', 'embs'],
      new Float32Array(192).fill(2),
    );
    const { mean, windows } = await new UtteranceGraph(session, {
      frontEnd: 'nemo-mel-80',
      dimension: 192,
    }).embed(samples);
    expect(Object.keys(fed[0]!)).toEqual(['audio_signal', 'length']);
    expect(fed[0]!.length!.data).toEqual(BigInt64Array.of(50n));
    expect([...mean].every((value) => value === 2)).toBe(true);
    expect(windows.map(({ startSample, endSample }) => [startSample, endSample])).toEqual([[0, 8000]]);
  });

  it('refuses a model whose entry names another number of inputs', async () => {
    const { session } = recordingSession(['fbank', 'weights'], ['embs'], new Float32Array(256));
    const encoder = new UtteranceGraph(session, { frontEnd: 'wespeaker-fbank', dimension: 256 });
    await expect(encoder.embed(samples)).rejects.toMatchObject({ code: 'model_shape_mismatch' });
  });

  it('refuses an answer of another dimension', async () => {
    const { session } = recordingSession(['x'], ['embedding'], new Float32Array(512));
    const encoder = new UtteranceGraph(session, { frontEnd: '3dspeaker-fbank', dimension: 192 });
    await expect(encoder.embed(samples)).rejects.toMatchObject({ code: 'model_shape_mismatch' });
  });

  it('runs a graph of the shape of WeSpeaker ResNet34', async ({ skip }) => {
    const path = sharedPath('models', 'stand-ins', 'wespeaker-resnet34-random.onnx') ?? skip(MISSING);
    const model = { id: 'stand-in', path, inputs: ['feats'], outputs: ['embs'] };
    const session = await openOnnxSession(model, { provider: 'cpu', intraOpThreads: 2 });
    const { mean } = await new UtteranceGraph(session, { frontEnd: 'wespeaker-fbank', dimension: 256 }).embed(
      samples,
    );
    const [feats] = utteranceFeatures('wespeaker-fbank', samples);
    const { embs } = await session.run({ feats: feats! }, ['embs']);
    expectArrayClose(mean, embs!.data as Float32Array, { maxAbs: 0 });
    await session.release();
  });
});
