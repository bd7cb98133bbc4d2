import { samplesToSeconds } from '../../timeline/sliding-window.ts';
import type { Recogniser, RecognisedSegment, Recognition, RecognitionOptions } from '../recogniser.ts';
import type { Aligner } from '../forced-alignment/aligner.ts';
import { alignRecognition } from './align-pieces.ts';
import { PieceClock } from './piece-clock.ts';
import type { Stretch } from './speech-pieces.ts';
import type { SpeechPiece } from './split-speech.ts';
import { tightenWords } from './tighten-words.ts';

/** What was heard in a piece, with times in the recording. */
export type RecognisedPiece = Recognition & {
  readonly endSeconds: number;
  /** How long somebody speaks in it. */
  readonly speechSeconds: number;
};

/**
 * Recognises pieces in batches, several calls side by side, and gives the results in the order of the pieces.
 *
 * A piece whose recognition is not needed yet waits in the splitter, so memory does not grow.
 */
export async function* recognisePieces(
  recogniser: Recogniser,
  pieces: AsyncIterable<SpeechPiece>,
  options: RecognitionOptions,
  aligner?: Aligner,
): AsyncGenerator<RecognisedPiece, void, undefined> {
  const { batchSize, firstBatchSize = batchSize, concurrency } = recogniser.capabilities;
  let wanted = firstBatchSize;
  const underWay: Promise<readonly RecognisedPiece[]>[] = [];
  let batch: SpeechPiece[] = [];
  const send = () => {
    const running = recogniseBatch(recogniser, batch, options, aligner);
    // Whoever waits for it sees the failure; until then it is nobody's.
    running.catch(() => undefined);
    underWay.push(running);
    batch = [];
    wanted = batchSize;
  };
  try {
    for await (const piece of pieces) {
      batch.push(piece);
      if (batch.length === wanted) send();
      while (underWay.length >= concurrency) yield* await underWay.shift()!;
    }
    if (batch.length > 0) send();
    while (underWay.length > 0) yield* await underWay.shift()!;
  } finally {
    await Promise.allSettled(underWay);
  }
}

async function recogniseBatch(
  recogniser: Recogniser,
  pieces: readonly SpeechPiece[],
  options: RecognitionOptions,
  aligner: Aligner | undefined,
): Promise<readonly RecognisedPiece[]> {
  const recognitions = await recogniser.recognise(
    pieces.map(({ samples }) => samples),
    options,
  );
  if (aligner === undefined || !options.wordTimes) {
    return recognitions.map((recognition, index) => placed(recognition, pieces[index]!, tightenWords));
  }
  const placing = recognitions.map(async (recognition, index) => {
    const piece = pieces[index]!;
    return placed(await alignRecognition(aligner, recognition, piece, options), piece, asTheyAre);
  });
  return Promise.all(placing);
}

type FitWords = typeof tightenWords;

/** Words that were aligned with the sound need no detector of speech to say where they are. */
const asTheyAre: FitWords = (words) => [...words];

/** Moves times from the piece into the recording and fits words to their speech. */
function placed(recognition: Recognition, piece: SpeechPiece, fitWords: FitWords): RecognisedPiece {
  const stretches = stretchesOf(piece);
  const clock = new PieceClock(stretches);
  const speech = piece.speech.map(({ startSample, endSample }) => ({
    startSeconds: samplesToSeconds(startSample),
    endSeconds: samplesToSeconds(endSample),
  }));
  const segments = recognition.segments.map((segment): RecognisedSegment => {
    const words = fitWords(
      segment.words.map((word) => clock.moved(word)),
      speech,
    );
    const whole = clock.moved(segment);
    return {
      ...whole,
      words,
      startSeconds: words[0]?.startSeconds ?? whole.startSeconds,
      endSeconds: words.at(-1)?.endSeconds ?? whole.endSeconds,
    };
  });
  const speechSeconds = speech.reduce(
    (sum, { startSeconds, endSeconds }) => sum + endSeconds - startSeconds,
    0,
  );
  return {
    ...recognition,
    segments,
    speechSeconds,
    endSeconds: samplesToSeconds(stretches.at(-1)!.endSample),
  };
}

function stretchesOf({ startSample, samples, stretches }: SpeechPiece): readonly Stretch[] {
  return stretches ?? [{ startSample, endSample: startSample + samples.length }];
}
