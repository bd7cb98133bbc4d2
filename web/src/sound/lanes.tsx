import { useEffect, useRef } from 'preact/hooks';
import { speakerColour } from '../../../core/formats/documents/speaker-colours.ts';
import type { SpeakerSummary } from '../../../core/result/result.ts';
import type { Turn } from '../../../core/timeline/turns.ts';
import { colourOf } from '../parts/colour.ts';
import { readableTime } from '../parts/clock.ts';
import { barsOf, tickSeconds, type Window } from './lanes-layout.ts';

/** Few speakers have their names above their lanes; of many they stand on them. */
const FEW_SPEAKERS = 4;
const TALL_LANE_PIXELS = 34;
const FLAT_LANE_PIXELS = 22;
const AXIS_PIXELS = 18;
const LABEL_PIXELS = 12;

/** A lane for each speaker, coloured and named, under the sound and in step with it. */
export function Lanes({
  turns,
  speakers,
  nowSeconds,
  startSeconds,
  endSeconds,
  onSeek,
}: {
  readonly turns: readonly Turn[];
  readonly speakers: readonly SpeakerSummary[];
  readonly nowSeconds: number;
  readonly startSeconds: number;
  readonly endSeconds: number;
  /** None where nothing can be played. */
  readonly onSeek?: (seconds: number) => void;
}) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const height = speakers.length * lanePixels(speakers.length) + AXIS_PIXELS;
  useEffect(() => {
    const draw = (): void => {
      if (canvas.current !== null)
        drawLanes(
          canvas.current,
          turns,
          speakers,
          { startSeconds, endSeconds, width: canvas.current.clientWidth },
          nowSeconds,
        );
    };
    draw();
    const observer = new ResizeObserver(draw);
    if (canvas.current !== null) observer.observe(canvas.current);
    const scheme = matchMedia('(prefers-color-scheme: dark)');
    scheme.addEventListener('change', draw);
    return () => {
      observer.disconnect();
      scheme.removeEventListener('change', draw);
    };
  }, [turns, speakers, startSeconds, endSeconds, nowSeconds]);
  return (
    <canvas
      ref={canvas}
      class="lanes"
      role="img"
      style={{ height: `${height}px` }}
      aria-label={`Who speaks when: ${speakers
        .map(({ label, name, turnCount }) => `${name ?? label} ${turnCount} times`)
        .join(', ')}. The passages below say the same in words.`}
      onClick={(event) => {
        const { left, width } = event.currentTarget.getBoundingClientRect();
        onSeek?.(startSeconds + ((event.clientX - left) / width) * (endSeconds - startSeconds));
      }}
    />
  );
}

function lanePixels(speakerCount: number): number {
  return speakerCount <= FEW_SPEAKERS ? TALL_LANE_PIXELS : FLAT_LANE_PIXELS;
}

function drawLanes(
  canvas: HTMLCanvasElement,
  turns: readonly Turn[],
  speakers: readonly SpeakerSummary[],
  window: Window,
  nowSeconds: number,
): void {
  const context = canvas.getContext('2d');
  if (context === null) return;
  const ratio = devicePixelRatio;
  const lanes = lanePixels(speakers.length);
  const isTall = lanes === TALL_LANE_PIXELS;
  const height = speakers.length * lanes + AXIS_PIXELS;
  canvas.width = Math.round(window.width * ratio);
  canvas.height = Math.round(height * ratio);
  context.scale(ratio, ratio);
  const [text, soft, line] = ['--text', '--soft', '--line'].map((name) => colourOf(canvas, name)) as [
    string,
    string,
    string,
  ];
  context.font = `${LABEL_PIXELS}px ${getComputedStyle(canvas).fontFamily}`;
  const labels = speakers.map(({ label }) => label);
  const seconds = window.endSeconds - window.startSeconds;
  const xOf = (at: number): number => ((at - window.startSeconds) / seconds) * window.width;

  context.fillStyle = line;
  for (let lane = 0; lane <= speakers.length; lane++) context.fillRect(0, lane * lanes, window.width, 1);
  for (const { lane, x, width } of barsOf(turns, labels, window)) {
    context.fillStyle = speakerColour(lane);
    context.beginPath();
    context.roundRect(
      x,
      lane * lanes + (isTall ? 18 : 4),
      width,
      isTall ? 12 : lanes - 7,
      Math.min(3, width / 2),
    );
    context.fill();
  }
  const step = tickSeconds(window);
  context.fillStyle = soft;
  for (let at = Math.ceil(window.startSeconds / step) * step; at < window.endSeconds; at += step) {
    context.fillRect(xOf(at), height - AXIS_PIXELS, 1, 4);
    context.fillText(readableTime(at), xOf(at) + 3, height - 4);
  }
  speakers.forEach(({ label, name }, lane) =>
    drawLabel(context, name ?? label, lane * lanes + (isTall ? 0 : 3), {
      page: colourOf(canvas, '--card'),
      text: isTall ? soft : text,
    }),
  );
  if (nowSeconds >= window.startSeconds && nowSeconds <= window.endSeconds) {
    context.fillStyle = text;
    context.fillRect(xOf(nowSeconds), 0, 2, height - AXIS_PIXELS);
  }
}

/** The name stands on the page's colour, so that it can be read over any lane. */
function drawLabel(
  context: CanvasRenderingContext2D,
  name: string,
  y: number,
  colours: { readonly page: string; readonly text: string },
): void {
  const shown = name.length > 22 ? `${name.slice(0, 21)}…` : name;
  context.globalAlpha = 0.85;
  context.fillStyle = colours.page;
  context.fillRect(2, y + 2, context.measureText(shown).width + 8, LABEL_PIXELS + 3);
  context.globalAlpha = 1;
  context.fillStyle = colours.text;
  context.fillText(shown, 6, y + LABEL_PIXELS + 1);
}
