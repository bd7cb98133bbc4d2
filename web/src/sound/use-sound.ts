import { useCallback, useEffect, useRef, useState } from 'preact/hooks';

/** The recording as it plays. */
export type Sound = {
  readonly audio: HTMLAudioElement;
  readonly nowSeconds: number;
  readonly isPlaying: boolean;
  readonly speed: number;
  /** The server makes a form that this browser plays. */
  readonly isPreparing: boolean;
  readonly hasFailed: boolean;
  readonly seek: (seconds: number) => void;
  readonly playFrom: (seconds: number, untilSeconds?: number) => void;
  readonly toggle: (rewindSeconds?: number) => void;
  readonly setSpeed: (speed: number) => void;
};

/** Times are told to the page so often: a word lasts longer. */
const TICK_MS = 60;

export function useSound(recording: string | undefined): Sound {
  const audio = useRef<HTMLAudioElement | undefined>(undefined);
  audio.current ??= new Audio();
  const element = audio.current;
  const [nowSeconds, setNow] = useState(0);
  const [isPlaying, setPlaying] = useState(false);
  const [speed, setSpeedState] = useState(1);
  const [hasFailed, setFailed] = useState(false);
  const [isPreparing, setPreparing] = useState(false);
  const until = useRef<number | undefined>(undefined);

  useEffect(() => {
    if (recording === undefined) return undefined;
    element.preload = 'metadata';
    element.preservesPitch = true;
    const original = `/v1/recordings/${recording}/audio`;
    let isOriginal = true;
    element.src = original;
    // What this browser does not play, or cannot seek in, the server has in another form.
    const takeOther = (): void => {
      isOriginal = false;
      setPreparing(true);
      element.src = `${original}?format=opus`;
    };
    const onLength = (): void => {
      if (isOriginal && !Number.isFinite(element.duration)) takeOther();
      else setPreparing(false);
    };
    const tell = (): void => {
      setNow(element.currentTime);
      if (until.current !== undefined && element.currentTime >= until.current) element.pause();
    };
    const timer = setInterval(() => {
      if (!element.paused) tell();
    }, TICK_MS);
    const onState = (): void => {
      if (element.paused) until.current = undefined;
      setPlaying(!element.paused);
      tell();
    };
    const onError = (): void => {
      if (isOriginal) takeOther();
      else {
        setPreparing(false);
        setFailed(true);
      }
    };
    const states = ['play', 'pause', 'ended', 'seeked'] as const;
    for (const type of states) element.addEventListener(type, onState);
    element.addEventListener('loadedmetadata', onLength);
    element.addEventListener('error', onError);
    return () => {
      clearInterval(timer);
      for (const type of states) element.removeEventListener(type, onState);
      element.removeEventListener('loadedmetadata', onLength);
      element.removeEventListener('error', onError);
      element.pause();
      element.removeAttribute('src');
      element.load();
    };
  }, [element, recording]);

  const seek = useCallback(
    (seconds: number) => {
      element.currentTime = Math.max(0, seconds);
      setNow(element.currentTime);
    },
    [element],
  );
  const play = useCallback(() => void element.play().catch(() => undefined), [element]);
  return {
    audio: element,
    nowSeconds,
    isPlaying,
    speed,
    isPreparing,
    hasFailed,
    seek,
    playFrom: useCallback(
      (seconds, untilSeconds) => {
        until.current = untilSeconds;
        seek(seconds);
        play();
      },
      [seek, play],
    ),
    toggle: useCallback(
      (rewindSeconds = 0) => {
        if (!element.paused) element.pause();
        else {
          element.currentTime = Math.max(0, element.currentTime - rewindSeconds);
          play();
        }
      },
      [element, play],
    ),
    setSpeed: useCallback(
      (wanted) => {
        const rounded = Math.round(Math.min(3, Math.max(0.5, wanted)) * 4) / 4;
        element.playbackRate = rounded;
        setSpeedState(rounded);
      },
      [element],
    ),
  };
}
