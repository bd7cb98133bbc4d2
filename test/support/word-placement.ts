import { sharedSeconds } from '../../core/transcript/attribute-speakers.ts';
import type { Turn } from '../../core/timeline/turns.ts';
import type { Word } from '../../core/result/result.ts';

const BORDER_SECONDS = 0.25;

/** Words that one person alone speaks, and those of them that lie outside their own utterance or have another speaker. */
export type WordPlacement = { readonly alone: readonly Word[]; readonly wrong: readonly Word[] };

/** Holds words against the utterances that a conversation was made from. */
export function placeWords(words: readonly Word[], utterances: readonly Turn[]): WordPlacement {
  const names = speakerNames(words, utterances);
  const alone = words.filter((word) => speakersDuring(word, utterances) <= 1);
  return { alone, wrong: alone.filter((word) => !isRight(word, utterances, names)) };
}

function speakersDuring(word: Word, utterances: readonly Turn[]): number {
  const during = utterances.filter((utterance) => sharedSeconds(utterance, word) > 0);
  return new Set(during.map(({ speaker }) => speaker)).size;
}

function isRight(word: Word, utterances: readonly Turn[], names: ReadonlyMap<string, string>): boolean {
  const own = utterances.reduce((best, candidate) =>
    sharedSeconds(candidate, word) > sharedSeconds(best, word) ? candidate : best,
  );
  return (
    word.startSeconds >= own.startSeconds - BORDER_SECONDS &&
    word.endSeconds <= own.endSeconds + BORDER_SECONDS &&
    names.get(word.speaker ?? '') === own.speaker
  );
}

/** Each label's real speaker: the one whose utterances share most time with its words; two labels may not share one. */
function speakerNames(words: readonly Word[], utterances: readonly Turn[]): Map<string, string> {
  const shares = new Map<string, number>();
  for (const word of words) {
    for (const { speaker, ...span } of utterances) {
      const key = JSON.stringify([word.speaker, speaker]);
      shares.set(key, (shares.get(key) ?? 0) + Math.max(0, sharedSeconds(span, word)));
    }
  }
  const names = new Map<string, string>();
  for (const [key] of [...shares].sort((a, b) => b[1] - a[1])) {
    const [label, speaker] = JSON.parse(key) as [string | null, string];
    if (label === null || names.has(label) || [...names.values()].includes(speaker)) continue;
    names.set(label, speaker);
  }
  return names;
}
