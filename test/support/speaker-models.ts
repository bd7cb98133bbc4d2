import { join } from 'node:path';
import { UtterancePartials } from '../../core/embedding/utterance-partials.ts';
import { openOnnxSession } from '../../core/inference/onnx-session.ts';
import { SpeakerSegmenter } from '../../core/segmentation/segment-speakers.ts';
import { parseNpy } from '../../core/math/npy.ts';
import { readFileSync } from 'node:fs';
import { readCalibration } from '../../core/verification/calibration.ts';
import { spaceFingerprint } from '../../core/verification/embedding-space.ts';
import { labelBySegmentation } from '../../core/verification/label-by-segmentation.ts';
import { labelByVad } from '../../core/verification/label-by-vad.ts';
import type { SpeakerModels } from '../../core/verification/speaker-models.ts';
import type { ScoringModel } from '../../core/verification/voice-scorer.ts';
import { findModel, shippedManifest } from '../../models/manifest.ts';
import { SEGMENTATION_MODEL } from './embedded-models.ts';
import { openGe2eSession } from './ge2e-session.ts';
import { openSileroSession } from './silero-session.ts';

const folder = join(import.meta.dirname, '../../models/embedded/ge2e');

/** GE2E with speech found by segmentation, in this thread: what commands use unless told otherwise. */
export async function openSpeakerModelsForTests(): Promise<SpeakerModels> {
  const session = await openOnnxSession(SEGMENTATION_MODEL, { provider: 'cpu', intraOpThreads: 1 });
  return {
    encoder: new UtterancePartials(await openGe2eSession()),
    labeler: labelBySegmentation(new SpeakerSegmenter(session)),
  };
}

/** The same with Silero. */
export async function openVadSpeakerModels(): Promise<SpeakerModels> {
  return {
    encoder: new UtterancePartials(await openGe2eSession()),
    labeler: labelByVad(await openSileroSession()),
  };
}

/** What compares GE2E vectors, from the files of the repository. */
export function ge2eScoring(): ScoringModel {
  const { files, frontEnd, calibration } = findModel(shippedManifest(), 'ge2e');
  const read = (name: string): Float32Array =>
    parseNpy(readFileSync(join(folder, name))).data as Float32Array;
  return {
    space: { model: 'ge2e', fingerprint: spaceFingerprint(files[0]!.sha256, frontEnd), dimension: 256 },
    centre: Float64Array.from(read('mean.npy')),
    cohort: { vectors: read('cohort.npy'), nearest: 40 },
    calibration: readCalibration(calibration!, 'ge2e'),
  };
}
