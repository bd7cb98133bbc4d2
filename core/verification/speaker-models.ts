/** From files to a speaker encoder and a finder of speech, loaded and ready. */
import type { UtteranceEncoder } from '../embedding/utterance-encoder.ts';
import { encoderFrontEnd } from '../embedding/utterance-front-end.ts';
import { UtteranceGraph } from '../embedding/utterance-graph.ts';
import { UtterancePartials } from '../embedding/utterance-partials.ts';
import type { ModelFile, SessionOpener } from '../inference/session.ts';
import { openSegmenter } from '../segmentation/open-segmenter.ts';
import type { ModelUse } from '../result/result.ts';
import { openSilero } from '../vad/open-silero.ts';
import type { EmbeddingSpace, SpeechFinder } from '../result/voice-terms.ts';
import { labelByBoth } from './speech/label-by-both.ts';
import { labelBySegmentation } from './speech/label-by-segmentation.ts';
import { labelByVad } from './speech/label-by-vad.ts';
import { labelAllSpeech, type SpeechLabeler } from './speech/labeled-audio.ts';

/** The networks that a finder needs. */
export type SpeechFinderFiles = {
  readonly finder: SpeechFinder;
  readonly vad?: ModelFile | undefined;
  readonly segmentation?: ModelFile | undefined;
};

/** Which models embed voices and where their files lie; found and verified by `models/store`. */
export type SpeakerModelFiles = {
  readonly encoder: ModelFile;
  /** As models/manifest.json calls it. */
  readonly frontEnd: string;
  readonly space: EmbeddingSpace;
  readonly speech: SpeechFinderFiles;
};

/** The same with what a result says of the models. */
export type SpeakerSetup = SpeakerModelFiles & { readonly uses: readonly ModelUse[] };

/** A speaker encoder and what finds the speech for it. */
export type SpeakerModels = { readonly encoder: UtteranceEncoder; readonly labeler: SpeechLabeler };

/**
 * Loads an encoder and its finder of speech.
 *
 * @throws ModelError when a file is missing, damaged or of another shape than its front end needs
 */
export async function openSpeakerModels(
  setup: SpeakerModelFiles,
  open: SessionOpener,
): Promise<SpeakerModels> {
  const [encoder, labeler] = await Promise.all([openEncoder(setup, open), openLabeler(setup, open)]);
  return { encoder, labeler };
}

async function openEncoder(setup: SpeakerModelFiles, open: SessionOpener): Promise<UtteranceEncoder> {
  const { encoder, frontEnd, space } = setup;
  if (frontEnd === 'ge2e-mel') return new UtterancePartials(await open(encoder));
  const { dimension } = space;
  return new UtteranceGraph(await open(encoder), {
    frontEnd: encoderFrontEnd(frontEnd, encoder.id),
    dimension,
  });
}

async function openLabeler({ speech }: SpeakerModelFiles, open: SessionOpener): Promise<SpeechLabeler> {
  const [vad, segmentation] = await Promise.all([
    speech.vad && openSilero(speech.vad).then(labelByVad),
    speech.segmentation && openSegmenter(speech.segmentation, open, 'int8').then(labelBySegmentation),
  ]);
  if (vad !== undefined && segmentation !== undefined) return labelByBoth(vad, segmentation);
  return vad ?? segmentation ?? labelAllSpeech;
}
