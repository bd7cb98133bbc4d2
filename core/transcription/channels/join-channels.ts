/** From what was said in each channel to one transcript, a speaker a channel. */
import { speakerLabel } from '../../resolution/turns/name-speakers.ts';
import { compareTurns, type Segment, type Turn } from '../../timeline/turns.ts';
import { assembleTranscript, type AssembleOptions, type TimedText } from '../../transcript/assemble.ts';
import { findPauses } from '../../transcript/pauses.ts';
import type { DiarizationResult, SpeakerSummary, TranscriptResult } from '../../result/result.ts';
import { summarizeSpeakers } from '../../transcript/speaker-summaries.ts';

/** A turn goes on over shorter silences between words. */
const MAX_GAP_SECONDS = 0.5;

/** What is known of a recording besides its speakers. */
export type RecordingFacts = Omit<DiarizationResult, 'speakers' | 'turns' | 'exclusiveTurns'>;

/**
 * Joins the channels by time. SPEAKER_00 is the first channel, whoever speaks first; a channel without words has no
 * speaker. Turns are where words are; utterances of two speakers at the same time stay whole.
 *
 * @param channels what was said in each channel, by start
 */
export function joinChannels(
  channels: readonly (readonly TimedText[])[],
  facts: RecordingFacts,
  language: string | null,
  options: AssembleOptions,
): TranscriptResult {
  const turnsByChannel = channels.map((texts, channel) => turnsOf(texts, speakerLabel(channel)));
  const turns = turnsByChannel.flat().sort(compareTurns);
  const speakers = turnsByChannel.flatMap((own, channel) => summaryOf(own, speakerLabel(channel)));
  const whole = { ...facts, speakers, turns };
  const parts = channels.map((texts, channel) =>
    assembleTranscript(texts, { ...whole, exclusiveTurns: turnsByChannel[channel]! }, language, options),
  );
  const words = parts.flatMap((part) => part.words).sort(byStart);
  return {
    ...whole,
    exclusiveTurns: exclusive(turns),
    speakers: summarizeSpeakers(speakers, turns, words),
    language,
    utterances: parts.flatMap((part) => part.utterances).sort(byStart),
    words,
    pauses: findPauses(words, options.pauseSeconds),
  };
}

function turnsOf(texts: readonly TimedText[], speaker: string): Turn[] {
  const turns: Turn[] = [];
  for (const { startSeconds, endSeconds } of texts.flatMap((text) =>
    text.words.length > 0 ? text.words : [text],
  )) {
    const last = turns.at(-1);
    if (last !== undefined && startSeconds - last.endSeconds <= MAX_GAP_SECONDS) {
      turns[turns.length - 1] = { ...last, endSeconds: Math.max(last.endSeconds, endSeconds) };
    } else turns.push({ startSeconds, endSeconds, speaker });
  }
  return turns;
}

/** @param turns of one speaker, without overlap */
function summaryOf(turns: readonly Turn[], label: string): SpeakerSummary[] {
  if (turns.length === 0) return [];
  const speakingSeconds = turns.reduce((sum, turn) => sum + turn.endSeconds - turn.startSeconds, 0);
  return [{ label, speakingSeconds, turnCount: turns.length }];
}

/** Who began first goes on to the end; the other's turn begins after, if anything is left of it. */
function exclusive(turns: readonly Turn[]): Turn[] {
  let takenUntil = 0;
  return turns.flatMap((turn) => {
    const startSeconds = Math.max(turn.startSeconds, takenUntil);
    takenUntil = Math.max(takenUntil, turn.endSeconds);
    return startSeconds < turn.endSeconds ? [{ ...turn, startSeconds }] : [];
  });
}

function byStart(a: Segment, b: Segment): number {
  return a.startSeconds - b.startSeconds;
}
