import { defined } from '../../../core/defined.ts';
import { presetNameOf } from '../../../core/diarization/preset-name.ts';
import type { LiveInput } from '../../../core/engine/tasks/live-task.ts';
import { completeSpeakerBounds } from '../../../core/resolution/speaker-bounds.ts';
import { DEFAULT_LIVE_OPTIONS } from '../../../core/live/live-options.ts';
import { DEFAULT_TRANSCRIPTION_OPTIONS } from '../../../core/transcription/transcribe.ts';
import type { ModelStore } from '../../../models/store.ts';
import type { LiveStartParsed } from '../../../sdk/live/client-message.ts';
import { diarizationSetup, transcriptionSetup, vadModel } from '../../setup/composition.ts';
import { speakerBoundsOf } from '../requests/speaker-bounds.ts';
import { presetOfVoices } from '../speakers/encoder-of-voices.ts';
import { speakerNaming } from '../speakers/speaker-naming.ts';

/**
 * From the first message of a client to what the engine needs: models, options, voices.
 *
 * @param options `sheds`: work is left out while the machine cannot follow; not where nobody waits, as with files
 * @throws InvalidInputError `invalid_option`, `embedding_space_mismatch`, `invalid_file` (vectors)
 * @throws ModelError where a model is missing
 */
export async function liveSetup(
  models: ModelStore,
  start: LiveStartParsed,
  { sheds = true }: { readonly sheds?: boolean } = {},
): Promise<LiveInput> {
  const { tasks, model } = start;
  const preset = presetOfVoices(start.voices ?? [], start.preset && presetNameOf(start.preset));
  const language = start.language === undefined ? null : start.language.split('-')[0]!;
  // Said now, not when everybody has spoken.
  completeSpeakerBounds(speakerBoundsOf(start));
  const options = { ...DEFAULT_TRANSCRIPTION_OPTIONS, ...speakerBoundsOf(start), language };
  const needsSpeakers = tasks.includes('diarize') || tasks.includes('verify');
  const naming = await speakerNaming(models, preset, { voices: start.voices });
  const diarization = needsSpeakers ? await diarizationSetup(models, preset) : undefined;
  const transcription = tasks.includes('transcribe')
    ? await transcriptionSetup(models, { model, language, ...(diarization === undefined ? {} : { preset }) })
    : undefined;
  return {
    vad: await vadModel(models),
    transcription,
    diarization,
    scoring: naming?.scoring,
    session: {
      live: { ...DEFAULT_LIVE_OPTIONS, ...liveOptionsOf(start), tasks, sheds, voices: naming?.voices ?? [] },
      transcription: { ...options, diarize: tasks.includes('diarize') },
    },
  };
}

/** Only what the client says: what it leaves out has a default. */
function liveOptionsOf(start: LiveStartParsed) {
  const { latencySeconds, interim, interimSeconds, endpointSilenceSeconds, revisions, reviseHorizonSeconds } =
    start;
  return defined({
    latencySeconds,
    interim,
    interimSeconds,
    endpointSilenceSeconds,
    revisions,
    reviseHorizonSeconds,
  });
}
