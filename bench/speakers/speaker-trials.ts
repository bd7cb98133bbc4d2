/** Trials for the benchmarks of voices: utterances of known speakers, embedded whole and cut, and all their pairs. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { openAudio } from '../../core/audio/decode.ts';
import type { UtteranceEncoder } from '../../core/embedding/utterance-encoder.ts';
import { openOnnxSession } from '../../core/inference/onnx-session.ts';
import type { MadeGraph, ModelFile, Session } from '../../core/inference/session.ts';
import type { ScoringModel } from '../../core/verification/scores/voice-scorer.ts';
import type { SpeechFinder } from '../../core/result/voice-terms.ts';
import { openSpeakerModels } from '../../core/verification/speaker-models.ts';
import type { SpeechLabeler } from '../../core/verification/speech/labeled-audio.ts';
import { openStore } from '../../handlers/setup/composition.ts';
import { readConfig } from '../../handlers/setup/config.ts';
import { DEFAULT_SPEAKER_MODEL, speakerTools } from '../../handlers/work/speakers/speaker-setup.ts';

/** An encoder that embeds utterances, and what compares its vectors. */
export type TrialModels = { readonly encoder: UtteranceEncoder; readonly scoring: ScoringModel };

/** The models of an encoder as commands use them, in this thread. */
export async function trialModels(model: string = DEFAULT_SPEAKER_MODEL): Promise<TrialModels> {
  const { setup, scoring } = await speakerTools(store(), { model, speech: 'none' });
  const { encoder } = await openSpeakerModels(setup, openHere);
  return { encoder, scoring };
}

export type Utterance = { readonly speaker: string; readonly file: string; readonly speech: Float32Array };

/** A cut of an utterance with its vector, not centred. */
export type Sample = {
  readonly speaker: string;
  readonly file: string;
  readonly seconds: number;
  readonly vector: Float64Array;
};

/** What finds the speech for an encoder. */
export async function openLabeler(finder: SpeechFinder): Promise<SpeechLabeler> {
  const { setup } = await speakerTools(store(), { speech: finder });
  return (await openSpeakerModels(setup, openHere)).labeler;
}

function store() {
  return openStore(readConfig(process.env));
}

function openHere(model: ModelFile, graph?: MadeGraph): Promise<Session> {
  return openOnnxSession(model, { provider: 'cpu', intraOpThreads: 2, graph });
}

/** The speech of every file of a LibriSpeech folder; the speaker is the first part of a file name. */
export async function readUtterances(
  folder: string,
  labeler: SpeechLabeler,
  isWanted: (file: string) => boolean = () => true,
): Promise<Utterance[]> {
  const utterances: Utterance[] = [];
  for (const file of readdirSync(folder).sort()) {
    if (!file.endsWith('.flac') || !isWanted(file)) continue;
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
