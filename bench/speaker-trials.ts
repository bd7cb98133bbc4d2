/** Trials for the benchmarks of voices: utterances of known speakers, embedded whole and cut, and all their pairs. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openAudio } from '../core/audio/decode.ts';
import { UtterancePartials } from '../core/embedding/utterance-partials.ts';
import type { UtteranceEncoder } from '../core/embedding/utterance-encoder.ts';
import { openOnnxSession } from '../core/inference/onnx-session.ts';
import { parseNpy } from '../core/array-files/npy.ts';
import { SpeakerSegmenter } from '../core/segmentation/segment-speakers.ts';
import { readCalibration } from '../core/verification/scores/calibration.ts';
import { spaceFingerprint } from '../core/verification/scores/embedding-space.ts';
import { labelByBoth } from '../core/verification/speech/label-by-both.ts';
import { labelBySegmentation } from '../core/verification/speech/label-by-segmentation.ts';
import { labelByVad } from '../core/verification/speech/label-by-vad.ts';
import { labelAllSpeech, type SpeechLabeler } from '../core/verification/speech/labeled-audio.ts';
import type { ScoringModel } from '../core/verification/scores/voice-scorer.ts';
import { findModel, shippedManifest } from '../models/manifest.ts';

const embedded = join(process.cwd(), 'models/embedded');

/** What compares GE2E vectors, as `handlers/work/speakers/speaker-setup.ts` reads it. */
export function ge2eScoring(): ScoringModel {
  const { files, frontEnd, calibration } = findModel(shippedManifest(), 'ge2e');
  const read = (name: string): Float32Array =>
    parseNpy(readFileSync(join(embedded, 'ge2e', name))).data as Float32Array;
  return {
    space: { model: 'ge2e', fingerprint: spaceFingerprint(files[0]!.sha256, frontEnd), dimension: 256 },
    centre: Float64Array.from(read('mean.npy')),
    cohort: { vectors: read('cohort.npy'), nearest: 40 },
    calibration: readCalibration(calibration!, 'ge2e'),
  };
}

export type Utterance = { readonly speaker: string; readonly file: string; readonly speech: Float32Array };

/** A cut of an utterance with its vector, not centred. */
export type Sample = {
  readonly speaker: string;
  readonly file: string;
  readonly seconds: number;
  readonly vector: Float64Array;
};

async function open(id: string, file: string, inputs: string[], outputs: string[]) {
  const model = { id, path: join(embedded, id, file), inputs, outputs };
  return openOnnxSession(model, { provider: 'cpu', intraOpThreads: 2 });
}

export async function openEncoder(): Promise<UtteranceEncoder> {
  return new UtterancePartials(await open('ge2e', 'model.onnx', ['mels'], ['embeddings']));
}

export const LABELERS = ['both', 'segmentation', 'vad', 'all'] as const;

export async function openLabeler(name: (typeof LABELERS)[number]): Promise<SpeechLabeler> {
  switch (name) {
    case 'both':
      return labelByBoth(await openLabeler('vad'), await openLabeler('segmentation'));
    case 'all':
      return labelAllSpeech;
    case 'vad':
      return labelByVad(
        await open('silero-vad', 'silero_vad.onnx', ['input', 'state', 'sr'], ['output', 'stateN']),
      );
    case 'segmentation':
      return labelBySegmentation(
        new SpeakerSegmenter(await open('pyannote-segmentation-3.0', 'model.onnx', ['input'], ['output'])),
      );
  }
}

/** The speech of every file of a LibriSpeech folder; the speaker is the first part of a file name. */
export async function readUtterances(folder: string, labeler: SpeechLabeler): Promise<Utterance[]> {
  const utterances: Utterance[] = [];
  for (const file of readdirSync(folder).sort()) {
    if (!file.endsWith('.flac')) continue;
    const pieces: Float32Array[] = [];
    const audio = await openAudio({ path: join(folder, file) });
    for await (const { label, samples } of labeler(audio.blocks))
      if (label === 'speech') pieces.push(samples);
    const speech = new Float32Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
    let offset = 0;
    for (const piece of pieces) {
      speech.set(piece, offset);
      offset += piece.length;
    }
    utterances.push({ speaker: file.split('-')[0]!, file, speech });
  }
  return utterances;
}

/**
 * Embeds cuts of the utterances.
 *
 * @param seconds of speech in a cut; `Infinity` for the whole utterance. Utterances with less are left out.
 * @param maxCuts cuts of one utterance, which follow each other without overlap
 */
export async function embedCuts(
  encoder: UtteranceEncoder,
  utterances: readonly Utterance[],
  seconds: number,
  maxCuts = 1,
): Promise<Sample[]> {
  const samples: Sample[] = [];
  for (const { speaker, file, speech } of utterances) {
    const length = seconds === Infinity ? speech.length : Math.round(seconds * 16_000);
    for (let cut = 0; cut < maxCuts && (cut + 1) * length <= speech.length && length > 0; cut++) {
      const { mean } = await encoder.embed(speech.subarray(cut * length, (cut + 1) * length));
      samples.push({ speaker, file, seconds: length / 16_000, vector: mean });
    }
  }
  return samples;
}

export type TrialScores = { readonly targets: number[]; readonly nonTargets: number[] };

/** Scores of all pairs. */
export function allPairs(samples: readonly Sample[], score: (a: Sample, b: Sample) => number): TrialScores {
  const scores: TrialScores = { targets: [], nonTargets: [] };
  samples.forEach((a, index) => {
    for (const b of samples.slice(index + 1)) {
      (a.speaker === b.speaker ? scores.targets : scores.nonTargets).push(score(a, b));
    }
  });
  return scores;
}
