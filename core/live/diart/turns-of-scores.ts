import { frameMiddleSeconds } from '../../timeline/sliding-window.ts';
import type { ScoreFrames } from './score-frames.ts';

/** An interval in which a global speaker is active. */
export type SpeakerTurn = {
  readonly startSeconds: number;
  readonly endSeconds: number;
  readonly speaker: number;
};

/**
 * Turns of each speaker whose score is above the threshold, from frame middle to frame middle.
 *
 * Speech in the last frame ends at the middle of the frame after it, so that the turns of consecutive regions join.
 *
 * @returns in the order of pyannote's annotations: by start, end, and the speaker's number as text
 * @see diart 0.9.2, `Binarize` (MIT); convention 22 of the traces
 */
export function turnsOfScores(
  { data, frameCount, speakerCount, window }: ScoreFrames,
  tau: number,
): SpeakerTurn[] {
  const turns: SpeakerTurn[] = [];
  const isActive = (frame: number, speaker: number): boolean =>
    frame < frameCount && data[frame * speakerCount + speaker]! > tau;
  for (let speaker = 0; speaker < speakerCount; speaker += 1) {
    let startSeconds = frameMiddleSeconds(window, 0);
    for (let frame = 0; frame < frameCount; frame += 1) {
      const [now, next] = [isActive(frame, speaker), isActive(frame + 1, speaker)];
      if (!now && next) startSeconds = frameMiddleSeconds(window, frame + 1);
      if (now && !next)
        turns.push({ startSeconds, endSeconds: frameMiddleSeconds(window, frame + 1), speaker });
    }
  }
  return turns.sort(compareSpeakerTurns);
}

/** The same turns later or earlier. */
export function shiftTurns(turns: readonly SpeakerTurn[], seconds: number): SpeakerTurn[] {
  return turns.map(({ startSeconds, endSeconds, speaker }) => ({
    startSeconds: startSeconds + seconds,
    endSeconds: endSeconds + seconds,
    speaker,
  }));
}

function compareSpeakerTurns(a: SpeakerTurn, b: SpeakerTurn): number {
  return (
    a.startSeconds - b.startSeconds ||
    a.endSeconds - b.endSeconds ||
    (String(a.speaker) < String(b.speaker) ? -1 : 1)
  );
}
