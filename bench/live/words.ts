/** How soon words are told: agreed by two decodes, and final; and whether the end is what an offline run gives. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Engine } from '../../core/engine/engine.ts';
import type { LiveEvent } from '../../core/result/live/live-events.ts';
import type { TranscriptResult } from '../../core/result/result.ts';
import { openStore } from '../../handlers/setup/composition.ts';
import { readConfig } from '../../handlers/setup/config.ts';
import { KeptSound } from '../../handlers/work/live/kept-sound.ts';
import { liveSetup } from '../../handlers/work/live/live-setup.ts';
import { MOST_KEPT_SAMPLES, runLive } from '../../handlers/work/live/run-live.ts';
import { transcribeRequest } from '../../handlers/work/requests/transcribe-request.ts';
import { liveStartSchema } from '../../sdk/live/client-message.ts';
import { quantile, type Row } from '../support/row.ts';

const RATE = 16_000;
const BLOCK_SAMPLES = RATE / 10;
/** Two decodes place a word this near to each other. */
const SAME_SECONDS = 0.3;

type Seen = { readonly text: string; readonly startSeconds: number; readonly atSeconds: number };

export async function wordRows(engine: Engine, samples: Float32Array): Promise<Row[]> {
  const store = openStore(readConfig(process.env));
  const start = liveStartSchema.parse({ type: 'start', language: 'en' });
  const input = await liveSetup(store, start);
  const sound = new KeptSound(MOST_KEPT_SAMPLES);
  const beganMs = performance.now();
  const agreed: Seen[] = [];
  const finalDelays: number[] = [];
  const finals = new Set<number>();
  let result: TranscriptResult | undefined;
  const onEvent = (event: LiveEvent): void => {
    const atSeconds = (performance.now() - beganMs) / 1_000;
    if (event.type === 'result') result = event.result as TranscriptResult;
    if (event.type !== 'text') return;
    for (const { text, startSeconds, agreed: isAgreed } of event.words)
      if (isAgreed) agreed.push({ text, startSeconds, atSeconds });
    if (!event.final || finals.has(event.id) || event.words.length === 0) return;
    finals.add(event.id);
    finalDelays.push(atSeconds - event.endSeconds);
  };
  const { signal } = new AbortController();
  const listening = runLive(engine, input, sound, { signal, onEvent });
  listening.catch(() => undefined);
  for (let at = 0; at < samples.length; at += BLOCK_SAMPLES) {
    await delay(Math.max(0, beganMs + (1_000 * (at + BLOCK_SAMPLES)) / RATE - performance.now()));
    sound.push(samples.slice(at, at + BLOCK_SAMPLES));
  }
  sound.end();
  await listening;
  const request = await transcribeRequest(store, { language: 'en' }, {});
  const audio = {
    samples: (async function* () {
      yield await Promise.resolve(samples);
    })(),
  };
  const offline = await engine.run('transcribe', { ...request, audio });
  const agreedDelays = result!.words.flatMap((word) => {
    const first = agreed.find(
      ({ text, startSeconds }) =>
        text === word.text && Math.abs(startSeconds - word.startSeconds) < SAME_SECONDS,
    );
    return first === undefined ? [] : [first.atSeconds - word.endSeconds];
  });
  const [middle, slow] = [quantile(agreedDelays, 0.5), quantile(agreedDelays, 0.95)];
  const isSame = JSON.stringify(result!.words) === JSON.stringify(offline.words);
  return [
    {
      what: `a word after it was said: agreed (or final), p50 / p95 (${agreedDelays.length} of ${result!.words.length} words)`,
      target: '≤ 1.5 s / ≤ 3 s',
      measured: `${middle.toFixed(2)} s / ${slow.toFixed(2)} s`,
      met: middle <= 1.5 && slow <= 3,
    },
    {
      what: `final text after its last word, p50 / p95 (${finalDelays.length} texts; cut after 1 s of silence, or when a piece is full)`,
      target: 'comparison: ≤ 0.5 s after its cut',
      measured: `${quantile(finalDelays, 0.5).toFixed(2)} s / ${quantile(finalDelays, 0.95).toFixed(2)} s`,
    },
    {
      what: 'words at the end against an offline run: text, times, speakers, confidences',
      target: 'identical, so WER = offline',
      measured: isSame ? 'identical' : 'different',
      met: isSame,
    },
  ];
}
