import { readableTime } from '../parts/clock.ts';
import { Icon } from '../parts/icon.tsx';
import type { Sound } from '../sound/use-sound.ts';
import { TEXTS } from '../texts.ts';

const SPEEDS = [0.5, 0.75, 1, 1.25, 1.5, 1.75, 2, 2.5, 3];
export const JUMP_SECONDS = 5;

export function PlayerBar({
  sound,
  durationSeconds,
  onZoom,
}: {
  readonly sound: Sound;
  readonly durationSeconds: number;
  readonly onZoom: (factor: number) => void;
}) {
  const { nowSeconds, isPlaying, speed, isPreparing, hasFailed, seek, toggle, setSpeed } = sound;
  return (
    <div class="player row" role="group" aria-label="Playback">
      <button
        type="button"
        class="primary play"
        aria-label={isPlaying ? 'Pause' : 'Play'}
        onClick={() => toggle()}
      >
        <Icon name={isPlaying ? 'pause' : 'play'} />
      </button>
      <button type="button" aria-label="Back 5 seconds" onClick={() => seek(nowSeconds - JUMP_SECONDS)}>
        −5
      </button>
      <button type="button" aria-label="Forward 5 seconds" onClick={() => seek(nowSeconds + JUMP_SECONDS)}>
        +5
      </button>
      <span class="time grow">
        {readableTime(nowSeconds)} / {readableTime(durationSeconds)}
      </span>
      <span class="row">
        <select
          aria-label="Speed"
          value={String(speed)}
          onChange={(event) => setSpeed(Number(event.currentTarget.value))}
        >
          {SPEEDS.map((each) => (
            <option key={each} value={String(each)}>
              {each}×
            </option>
          ))}
        </select>
        <button type="button" aria-label="Zoom out" onClick={() => onZoom(0.5)}>
          <Icon name="minus" />
        </button>
        <button type="button" aria-label="Zoom in" onClick={() => onZoom(2)}>
          <Icon name="plus" />
        </button>
      </span>
      {isPreparing && (
        <span class="soft small" role="status">
          {TEXTS.preparing}
        </span>
      )}
      {hasFailed && <span role="alert">{TEXTS.noPlayback}</span>}
    </div>
  );
}
