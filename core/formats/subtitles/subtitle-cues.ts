import type { TranscriptResult } from '../../result/result.ts';
import { joinWords } from '../../text/join-words.ts';
import { speakerNamer, type RenderOptions } from '../render-options.ts';
import { layoutCues, completeSubtitleOptions, type Cue, type CueWord } from './subtitle-layout.ts';

/** How a format writes the parts of a cue. */
export type CueStyle = {
  readonly word: (text: string) => string;
  /** What stands before the text of a speaker. */
  readonly speaker: (name: string) => string;
  /** How many characters of that a viewer sees. */
  readonly visibleSpeakerCharacters: (name: string) => number;
};

/** A cue as it is shown. */
export type StyledCue = { readonly startSeconds: number; readonly endSeconds: number; readonly text: string };

/** The cues of a transcript in the style of a format; with highlighting a cue for each word and each gap. */
export function styledCues(result: TranscriptResult, options: RenderOptions, style: CueStyle): StyledCue[] {
  const nameOf = speakerNamer(result);
  const subtitles = completeSubtitleOptions(options.subtitles);
  // Nobody to name: no word about it in every cue.
  const named = (speaker: string | null): boolean => subtitles.speakerNames && speaker !== null;
  const prefix = (speaker: string | null): string => (named(speaker) ? style.speaker(nameOf(speaker)) : '');
  const cues = layoutCues(result, subtitles, (speaker) =>
    named(speaker) ? style.visibleSpeakerCharacters(nameOf(speaker)) : 0,
  );
  const textOf = (cue: Cue, marked?: CueWord): string => {
    const shown = (word: CueWord): CueWord => {
      const text = style.word(word.text);
      return { ...word, text: word === marked ? `<u>${text}</u>` : text };
    };
    return prefix(cue.speaker) + cue.lines.map((line) => joinWords(line.map(shown))).join('\n');
  };
  if (!subtitles.highlightWords) {
    return cues.map((cue) => ({
      startSeconds: cue.startSeconds,
      endSeconds: cue.endSeconds,
      text: textOf(cue),
    }));
  }
  return cues.flatMap((cue) => wordByWord(cue, (word) => textOf(cue, word)));
}

/** A cue for each word, with plain ones between. */
function wordByWord(cue: Cue, textOf: (word?: CueWord) => string): StyledCue[] {
  const cues: StyledCue[] = [];
  let { startSeconds } = cue;
  for (const word of cue.lines.flat()) {
    if (word.startSeconds > startSeconds) {
      cues.push({ startSeconds, endSeconds: word.startSeconds, text: textOf() });
    }
    if (word.endSeconds <= word.startSeconds) continue;
    cues.push({ startSeconds: word.startSeconds, endSeconds: word.endSeconds, text: textOf(word) });
    startSeconds = word.endSeconds;
  }
  if (cue.endSeconds > startSeconds) cues.push({ startSeconds, endSeconds: cue.endSeconds, text: textOf() });
  return cues;
}
