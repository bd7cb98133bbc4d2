import type { WhisperxSegment, WhisperxTranscript, WhisperxWord } from './whisperx.ts';

/** The options of WhisperX's SRT and VTT writers. */
export type WhisperxSubtitleOptions = {
  readonly maxLineWidth?: number | null;
  readonly maxLineCount?: number | null;
  readonly highlightWords?: boolean;
};

/** A cue with times as text: WhisperX compares these, not the numbers. */
type WrittenCue = { readonly start: string; readonly end: string; readonly text: string };

/** Line width where none is asked for. */
const UNLIMITED_WIDTH = 1000;
/** Silence that ends a cue where segments may be joined. */
const LONG_PAUSE_SECONDS = 3;
const LANGUAGES_WITHOUT_SPACES = new Set(['ja', 'zh']);

/** The cues of WhisperX, its joining of segments of several speakers under the first one's name included. */
export function whisperxCues(
  transcript: WhisperxTranscript,
  options: WhisperxSubtitleOptions,
  clock: (seconds: number) => string,
): WrittenCue[] {
  const { segments } = transcript;
  if (segments[0]?.words === undefined) {
    return segments.map((segment) => ({
      start: clock(segment.start),
      end: clock(segment.end),
      text: `${speakerPrefix(segment)}${segment.text.trim().replaceAll('-->', '->')}`,
    }));
  }
  const separator = LANGUAGES_WITHOUT_SPACES.has(transcript.language) ? '' : ' ';
  return groupWords(segments, options).flatMap((group) =>
    options.highlightWords && group.words.some(hasTimes)
      ? highlighted(group, separator, clock)
      : [wholeCue(group, separator, clock)],
  );
}

/** Words of one cue; a line feed before a word begins a line. The first segment gives name and spare times. */
type WordGroup = { readonly words: WhisperxWord[]; readonly segment: WhisperxSegment };

function groupWords(segments: readonly WhisperxSegment[], options: WhisperxSubtitleOptions): WordGroup[] {
  const lineWidth = options.maxLineWidth ?? UNLIMITED_WIDTH;
  const lineCount = options.maxLineCount ?? undefined;
  const keepSegments = (options.maxLineCount ?? null) === null || (options.maxLineWidth ?? null) === null;
  const groups: WordGroup[] = [];
  let group: WordGroup | undefined;
  let [usedWidth, lines] = [0, 1];
  let lastStart = segments[0]!.start;
  for (const segment of segments) {
    for (const [index, original] of (segment.words ?? []).entries()) {
      let { word } = original;
      const longPause =
        !keepSegments && original.start !== undefined && original.start - lastStart > LONG_PAUSE_SECONDS;
      const segmentBreak = index === 0 && group !== undefined && keepSegments;
      if (usedWidth > 0 && usedWidth + characterCount(word) <= lineWidth && !longPause && !segmentBreak) {
        usedWidth += characterCount(word);
      } else {
        word = word.trim();
        const full = lineCount !== undefined && (longPause || lines >= lineCount);
        if (segmentBreak || (full && group !== undefined)) {
          group = undefined;
          lines = 1;
        } else if (usedWidth > 0) {
          lines += 1;
          word = `\n${word}`;
        }
        usedWidth = characterCount(word.trim());
      }
      if (group === undefined) {
        group = { words: [], segment };
        groups.push(group);
      }
      group.words.push({ ...original, word });
      lastStart = original.start ?? lastStart;
    }
  }
  return groups;
}

function wholeCue(
  { words, segment }: WordGroup,
  separator: string,
  clock: (seconds: number) => string,
): WrittenCue {
  return {
    start: clock(words.find(hasTimes)?.start ?? segment.start),
    end: clock(words.findLast(hasTimes)?.end ?? segment.end),
    text: speakerPrefix(segment) + words.map(({ word }) => word).join(separator),
  };
}

/** A cue for each word with times, underlined, and one for each gap. Lines are then joined by spaces in any language. */
function highlighted(group: WordGroup, separator: string, clock: (seconds: number) => string): WrittenCue[] {
  const whole = wholeCue(group, separator, clock);
  const cues: WrittenCue[] = [];
  let last = whole.start;
  for (const [index, current] of group.words.entries()) {
    if (!hasTimes(current)) continue;
    const [start, end] = [clock(current.start), clock(current.end)];
    if (last !== start) cues.push({ start: last, end: start, text: whole.text });
    const words = group.words.map(({ word }, other) => (other === index ? underlined(word) : word));
    cues.push({ start, end, text: speakerPrefix(group.segment) + words.join(' ') });
    last = end;
  }
  return cues;
}

function underlined(word: string): string {
  return word.replace(/^(\s*)(.*)$/s, '$1<u>$2</u>');
}

function hasTimes(
  word: WhisperxWord,
): word is WhisperxWord & { readonly start: number; readonly end: number } {
  return word.start !== undefined && word.end !== undefined;
}

function speakerPrefix({ speaker }: WhisperxSegment): string {
  return speaker === undefined ? '' : `[${speaker}]: `;
}

/** Code points, as Python's `len`. */
function characterCount(text: string): number {
  return Array.from(text).length;
}
