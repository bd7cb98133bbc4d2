import { readFileSync } from 'node:fs';
import { readRttm } from '../../core/formats/annotations/rttm.ts';
import { readSegLst } from '../../core/formats/annotations/seglst.ts';
import { diarizationError } from '../../core/metrics/diarization/diarization-error.ts';
import { resultFromUtterances } from '../../core/transcript/result-from-segments.ts';
import type { TranscriptResult } from '../../core/result/result.ts';
import { scoreWords } from '../../handlers/cli/evaluate/score-words.ts';
import { sharedPath } from './shared.ts';

/** Errors of a transcript of library.wav: cpWER with Whisper's English normaliser; DER of its turns, collar 0. */
export function scoreLibrary(hypothesis: TranscriptResult): {
  readonly cpWordErrorRate: number;
  readonly diarizationErrorRate: number;
} {
  const read = (file: string): string => readFileSync(sharedPath('data', 'spoken', file)!, 'utf8');
  const reference = resultFromUtterances([...readSegLst(read('library.seglst.json')).values()].flat());
  const { total } = scoreWords([{ recording: 'library', reference, hypothesis }], {
    normaliser: 'english',
    collarSeconds: 5,
    characters: false,
    orc: false,
  });
  const turns = [...readRttm(read('library.rttm')).values()].flat();
  const uem = [{ startSeconds: 0, endSeconds: hypothesis.durationSeconds }];
  return {
    cpWordErrorRate: total.cpWordErrorRate!,
    diarizationErrorRate: diarizationError(turns, hypothesis.turns, { uem }).errorRate,
  };
}
