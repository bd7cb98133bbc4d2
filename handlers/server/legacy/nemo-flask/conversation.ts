import { renderNemoJson } from '../../../../core/formats/other-systems/nemo.ts';
import { formatFixed } from '../../../../core/formats/writing/fixed-decimal.ts';
import { PythonFloat, type PythonValue } from '../../../../core/formats/writing/python-json.ts';
import type { TranscriptResult } from '../../../../core/result/result.ts';

type Sentence = {
  readonly speaker: string;
  readonly start_time: number;
  readonly end_time: number;
  readonly text: string;
};

/** How a conversation is written: as objects, which the README shows, or as the lines that the code wrote. */
export type ConversationForm = 'objects' | 'text';

/** The conversation of the NeMo service: the sentences of NeMo's session file, times to hundredths. */
export function conversationOf(result: TranscriptResult, form: ConversationForm): PythonValue {
  const { sentences } = JSON.parse(renderNemoJson(result)) as { sentences: readonly Sentence[] };
  if (form === 'objects') {
    return sentences.map(({ speaker, start_time, end_time, text }) => ({
      speaker,
      start_time: new PythonFloat(start_time),
      end_time: new PythonFloat(end_time),
      text,
    }));
  }
  if (sentences.length === 0) return ['No distinct speech was found in the audio.'];
  return sentences.map(
    ({ speaker, start_time, end_time, text }) =>
      `${numbered(speaker)}: (${formatFixed(start_time, 2)}-${formatFixed(end_time, 2)}s) ${text}`,
  );
}

/** `SPEAKER_00` is `speaker_0` in NeMo; names stay. */
function numbered(speaker: string): string {
  const number = /^SPEAKER_(\d+)$/.exec(speaker)?.[1];
  return number === undefined ? speaker : `speaker_${Number(number)}`;
}
