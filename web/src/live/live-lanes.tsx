import { useMemo } from 'preact/hooks';
import { type LiveTranscript, shownLabel } from '../../../core/result/live/live-transcript.ts';
import { Lanes } from '../sound/lanes.tsx';

/** So much is in sight: the last minute. */
const WINDOW_SECONDS = 60;

/** The last minute as lanes, which move on with the sound. */
export function LiveLanes({
  transcript,
  labels,
}: {
  readonly transcript: LiveTranscript;
  readonly labels: readonly string[];
}) {
  const { turns, names, aliases, status } = transcript;
  const heardSeconds = status?.heardSeconds ?? 0;
  const startSeconds = Math.max(0, heardSeconds - WINDOW_SECONDS);
  const shown = useMemo(
    () => turns.map((turn) => ({ ...turn, speaker: shownLabel({ ...transcript, aliases }, turn.speaker) })),
    [turns, aliases],
  );
  const speakers = useMemo(
    () =>
      labels.map((label) => {
        const own = shown.filter(({ speaker }) => speaker === label);
        const speakingSeconds = own.reduce((sum, turn) => sum + turn.endSeconds - turn.startSeconds, 0);
        const name = names[label];
        return { label, speakingSeconds, turnCount: own.length, ...(name === undefined ? {} : { name }) };
      }),
    [labels.join(' '), shown, names],
  );
  return (
    <div class="card live-lanes">
      <Lanes
        turns={shown}
        speakers={speakers}
        nowSeconds={heardSeconds}
        startSeconds={startSeconds}
        endSeconds={startSeconds + WINDOW_SECONDS}
      />
    </div>
  );
}
