import { useEffect, useRef } from 'preact/hooks';
import WaveSurfer from 'wavesurfer.js';
import { ask } from '../api.ts';
import { colourOf } from '../parts/colour.ts';

const PEAKS_PER_SECOND = 20;
/** Full scale of the server's peaks. */
const PEAK_SCALE = 127;

/** The part of the recording that is in sight. */
export type InSight = { readonly startSeconds: number; readonly endSeconds: number };

/** The sound as a picture, from what the server measured: the browser decodes nothing. */
export function Waveform({
  recording,
  audio,
  durationSeconds,
  pixelsPerSecond,
  onInSight,
}: {
  readonly recording: string;
  readonly audio: HTMLAudioElement;
  readonly durationSeconds: number;
  /** 0: all of it fits. */
  readonly pixelsPerSecond: number;
  readonly onInSight: (part: InSight) => void;
}) {
  const box = useRef<HTMLDivElement>(null);
  const surfer = useRef<WaveSurfer | undefined>(undefined);
  useEffect(() => {
    let isGone = false;
    ask(`/v1/recordings/${recording}/peaks?perSecond=${PEAKS_PER_SECOND}`)
      .then((reply) => reply.arrayBuffer())
      .then((bytes) => {
        if (isGone || box.current === null) return;
        surfer.current = draw(box.current, audio, new Int8Array(bytes), durationSeconds);
        surfer.current.on('scroll', (startSeconds, endSeconds) =>
          onInSight({ startSeconds, endSeconds: Math.min(durationSeconds, endSeconds) }),
        );
      })
      .catch(() => undefined);
    const scheme = matchMedia('(prefers-color-scheme: dark)');
    const recolour = (): void => {
      if (box.current !== null) surfer.current?.setOptions(coloursOf(box.current));
    };
    scheme.addEventListener('change', recolour);
    return () => {
      isGone = true;
      scheme.removeEventListener('change', recolour);
      surfer.current?.destroy();
      surfer.current = undefined;
    };
  }, [recording, audio, durationSeconds, onInSight]);
  useEffect(() => {
    surfer.current?.zoom(pixelsPerSecond);
    if (pixelsPerSecond === 0) onInSight({ startSeconds: 0, endSeconds: durationSeconds });
  }, [pixelsPerSecond, durationSeconds, onInSight]);
  return <div ref={box} class="waveform" aria-hidden="true" />;
}

function draw(
  container: HTMLElement,
  media: HTMLAudioElement,
  pairs: Int8Array,
  duration: number,
): WaveSurfer {
  const nonce = document.querySelector<HTMLMetaElement>('meta[name=csp-nonce]')?.content;
  return WaveSurfer.create({
    container,
    media,
    duration,
    // Least and largest of a stretch in turn: a bar from one to the other.
    peaks: [Float32Array.from(pairs, (value) => value / PEAK_SCALE)],
    height: 72,
    normalize: true,
    cursorWidth: 2,
    dragToSeek: true,
    ...coloursOf(container),
    ...(nonce === undefined ? {} : { cspNonce: nonce }),
  });
}

function coloursOf(box: HTMLElement): { waveColor: string; progressColor: string; cursorColor: string } {
  return {
    waveColor: colourOf(box, '--wave'),
    progressColor: colourOf(box, '--accent'),
    cursorColor: colourOf(box, '--text'),
  };
}
