import { samplesToSeconds } from '../../timeline/sliding-window.ts';
import { resolve, type ResolutionContext } from '../../resolution/resolve.ts';
import { type Settings, withSettings } from '../../resolution/settings.ts';
import { scoreRecording, type RecordingScore } from './metric.ts';
import type { Study } from './study.ts';

/** Scores of all recordings with these settings, as they come. */
export function* evaluateSettings(
  study: Study,
  settings: Settings,
  context: ResolutionContext,
): Generator<{ readonly recording: number; readonly score: RecordingScore }> {
  const options = withSettings(study.base, settings);
  for (const [recording, { observations, reference, regions }] of study.recordings.entries()) {
    const whole = [{ startSeconds: 0, endSeconds: samplesToSeconds(observations.sampleCount) }];
    const { turns } = resolve(observations, options, context);
    const score = scoreRecording(reference, turns, { ...study.line.scoring, uem: regions ?? whole });
    yield { recording, score };
  }
}

/** The same at once, by recording. */
export function scoresOf(study: Study, settings: Settings, context: ResolutionContext): RecordingScore[] {
  return Array.from(evaluateSettings(study, settings, context), ({ score }) => score);
}
