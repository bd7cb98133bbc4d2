import type { TranscriptResult } from '../../result/result.ts';
import { speakerNamer, type RenderOptions } from '../render-options.ts';
import { writtenWords } from '../../transcript/written-words.ts';
import { spreadWords } from '../subtitles/spread-words.ts';

/**
 * JSON of the Gecko annotation editor, as NeMo writes it: a monologue for each utterance, a term for each word.
 *
 * @see https://github.com/gong-io/gecko
 */
export function renderGecko(result: TranscriptResult, _options: RenderOptions = {}): string {
  const nameOf = speakerNamer(result);
  const monologues = result.utterances.map((utterance) => {
    const words = utterance.words.length > 0 ? writtenWords(utterance.words) : spreadWords(utterance);
    return {
      speaker: { name: null, id: nameOf(utterance.speaker) },
      terms: words.map((word) => ({
        start: word.startSeconds,
        end: word.endSeconds,
        text: word.text,
        type: 'WORD',
      })),
    };
  });
  return `${JSON.stringify({ schemaVersion: 2, monologues }, null, 2)}\n`;
}
