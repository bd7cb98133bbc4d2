/** Options of `detect-speech`, wherever the work is done. */
import { type Command, Option } from 'commander';
import type { DetectSpeechRequestOptions } from '../../work/requests/detect-speech-request.ts';
import { channelSelection, invalidOption, seconds } from './option-parsers.ts';

export type DetectSpeechCliOptions = {
  readonly channel: number | 'mix';
  readonly threshold?: number;
  readonly minSpeech?: number;
  readonly minSilence?: number;
  readonly padding?: number;
  readonly probabilities?: true;
};

export function addDetectSpeechOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--channel <channel>', 'one channel, counted from 0, or the mean of all')
        .argParser(channelSelection('--channel'))
        .default('mix'),
    )
    .addOption(
      new Option('--threshold <p>', 'probability from which on it is speech (default: 0.5)').argParser(
        probability,
      ),
    )
    .addOption(durationOption('--min-speech', 'drop shorter speech (default: 0.25)'))
    .addOption(durationOption('--min-silence', 'stay open over shorter silence (default: 0.1)'))
    .addOption(durationOption('--padding', 'added on both sides (default: 0.03)'))
    .option('--probabilities', 'also the probability of every 32 ms');
}

/** The same in the words of the contract. */
export function detectSpeechJobOptions({
  threshold,
  minSpeech,
  minSilence,
  padding,
  probabilities,
}: DetectSpeechCliOptions): DetectSpeechRequestOptions {
  return {
    threshold,
    minSpeechSeconds: minSpeech,
    minSilenceSeconds: minSilence,
    paddingSeconds: padding,
    includeProbabilities: probabilities,
  };
}

function durationOption(flag: string, description: string): Option {
  return new Option(`${flag} <seconds>`, description).argParser(seconds(flag));
}

function probability(text: string): number {
  const value = /^(0(\.\d{1,9})?|1(\.0{1,9})?)$/.test(text) ? Number(text) : NaN;
  if (!Number.isNaN(value)) return value;
  throw invalidOption('--threshold', 'a probability from 0 to 1', text);
}
