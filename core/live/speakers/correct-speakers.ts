/** Brings what was told in line with a clustering of all that was heard. Pure but for the labels and the timeline. */
import { type Turn, turnsBetween } from '../../timeline/turns.ts';
import { matchLabels, sharedSpeech } from './match-labels.ts';
import type { ToldTimeline } from './told-timeline.ts';
import type { LabelChange, VoiceLabels } from './voice-labels.ts';

/**
 * A clustering needs some speech of a voice before it knows it: until then a label that is surely nobody else stays.
 */
const YOUNG_SECONDS = 60;

/** What a clustering found. */
export type FoundSpeakers = {
  readonly turns: readonly Turn[];
  readonly centroids: ReadonlyMap<string, Float32Array>;
};

/**
 * @param shown what listeners see
 * @param range what the clustering may change
 * @returns labels that came and went
 */
export function correctSpeakers(
  found: FoundSpeakers,
  shown: readonly Turn[],
  { labels, timeline }: { readonly labels: VoiceLabels; readonly timeline: ToldTimeline },
  range: { readonly fromSeconds: number; readonly untilSeconds: number },
): LabelChange[] {
  const { fromSeconds, untilSeconds } = range;
  const turns = turnsBetween(found.turns, fromSeconds, untilSeconds);
  const told = turnsBetween(shown, fromSeconds, untilSeconds).map((turn) => ({
    ...turn,
    speaker: labels.resolved(turn.speaker),
  }));
  const matches = matchLabels(turns, told);
  const changes: LabelChange[] = [];
  for (const { speaker } of turns) {
    if (matches.has(speaker)) continue;
    const label = labels.born(untilSeconds);
    matches.set(speaker, label);
    changes.push({ change: 'new', label });
  }
  const named = turns.map((turn) => ({ ...turn, speaker: matches.get(turn.speaker)! }));
  const known = new Set(matches.values());
  const heirs = heirsOf(told, named);
  const isYoung = (label: string): boolean => labels.bornAt(label) > untilSeconds - YOUNG_SECONDS;
  const young = new Set(
    labels.labels.filter((label) => {
      const heir = heirs.get(label)?.label;
      return !known.has(label) && isYoung(label) && !(heir !== undefined && labels.areSurelyOne(label, heir));
    }),
  );
  for (const [speaker, centroid] of found.centroids) {
    const label = matches.get(speaker);
    if (label !== undefined) labels.setCentre(label, centroid);
  }
  const youngTurns = told.filter(({ speaker }) => young.has(speaker));
  changes.push(...mergeLost(told, heirs, labels, (label) => known.has(label) || young.has(label)));
  timeline.correct([...withoutSpans(named, youngTurns), ...youngTurns], untilSeconds, fromSeconds);
  return changes;
}

/** Who most of the speech of a label is said to be, and how much of it. */
type Heir = { readonly label: string; readonly seconds: number };

function heirsOf(told: readonly Turn[], named: readonly Turn[]): Map<string, Heir> {
  return new Map(
    [...sharedSpeech(told, named)].map(([speaker, row]) => {
      const [label, seconds] = [...row].reduce((most, entry) => (entry[1] > most[1] ? entry : most));
      return [speaker, { label, seconds }];
    }),
  );
}

/** Labels that the clustering has nobody for become whom most of their speech is said to be. */
function mergeLost(
  told: readonly Turn[],
  heirs: ReadonlyMap<string, Heir>,
  labels: VoiceLabels,
  stays: (label: string) => boolean,
): LabelChange[] {
  const changes: LabelChange[] = [];
  for (const [label, heir] of heirs) {
    if (stays(label) || !labels.labels.includes(label)) continue;
    const whole = told
      .filter(({ speaker }) => speaker === label)
      .reduce((sum, { startSeconds, endSeconds }) => sum + endSeconds - startSeconds, 0);
    if (heir.seconds < whole / 2) continue;
    labels.merge(label, heir.label);
    changes.push({ change: 'merged', label, into: heir.label });
  }
  return changes;
}

/** Turns without the parts in which others are. */
function withoutSpans(turns: readonly Turn[], others: readonly Turn[]): Turn[] {
  return others.reduce<Turn[]>(
    (kept, { startSeconds, endSeconds }) =>
      kept.flatMap((turn) => {
        if (turn.endSeconds <= startSeconds || turn.startSeconds >= endSeconds) return [turn];
        const parts: Turn[] = [];
        if (turn.startSeconds < startSeconds) parts.push({ ...turn, endSeconds: startSeconds });
        if (turn.endSeconds > endSeconds) parts.push({ ...turn, startSeconds: endSeconds });
        return parts;
      }),
    [...turns],
  );
}
