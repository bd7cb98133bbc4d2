import { UtterancePartials } from '../../core/embedding/utterance-partials.ts';
import { openOnnxSession } from '../../core/inference/onnx-session.ts';
import { segmenterOf } from '../../core/segmentation/open-segmenter.ts';
import { labelByBoth } from '../../core/verification/speech/label-by-both.ts';
import { labelBySegmentation } from '../../core/verification/speech/label-by-segmentation.ts';
import { labelByVad } from '../../core/verification/speech/label-by-vad.ts';
import type { SpeakerModels } from '../../core/verification/speaker-models.ts';
import { SEGMENTATION_MODEL } from './embedded-models.ts';
import { openGe2eSession } from './ge2e-session.ts';
import { openSileroSession } from './silero-session.ts';

/** GE2E with speech found by both networks, in this thread: what commands use unless told otherwise. */
export async function openSpeakerModelsForTests(): Promise<SpeakerModels> {
  const [vad, segmentation] = [await openVadSpeakerModels(), await openSegmentationSpeakerModels()];
  return { encoder: vad.encoder, labeler: labelByBoth(vad.labeler, segmentation.labeler) };
}

/** The same by segmentation alone. */
export async function openSegmentationSpeakerModels(): Promise<SpeakerModels> {
  const session = await openOnnxSession(SEGMENTATION_MODEL, { provider: 'cpu', intraOpThreads: 1 });
  return {
    encoder: new UtterancePartials(await openGe2eSession()),
    labeler: labelBySegmentation(segmenterOf(session)),
  };
}

/** The same by Silero alone. */
export async function openVadSpeakerModels(): Promise<SpeakerModels> {
  return {
    encoder: new UtterancePartials(await openGe2eSession()),
    labeler: labelByVad(await openSileroSession()),
  };
}
