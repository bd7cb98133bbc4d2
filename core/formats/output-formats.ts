import type { DiarizationResult, TranscriptResult } from '../result/result.ts';
import { renderAudacity } from './annotations/audacity.ts';
import { renderCsv } from './tables/csv.ts';
import { renderCtm } from './annotations/ctm.ts';
import { renderDocx } from './documents/docx.ts';
import { renderElan } from './annotations/elan.ts';
import { renderGecko } from './other-systems/gecko.ts';
import { renderHtml } from './documents/html.ts';
import { renderJson } from './json.ts';
import { renderLrc } from './subtitles/lrc.ts';
import { renderMarkdown } from './documents/markdown.ts';
import { renderNemoJson, renderNemoText } from './other-systems/nemo.ts';
import {
  renderOpenaiDiarizedJson,
  renderOpenaiJson,
  renderOpenaiVerboseJson,
} from './other-systems/openai.ts';
import type { RenderOptions } from './render-options.ts';
import { renderRttm } from './annotations/rttm.ts';
import { renderSegLst } from './annotations/seglst.ts';
import { renderSrt } from './subtitles/srt.ts';
import { renderStm } from './annotations/stm.ts';
import { renderSvgTimeline } from './documents/svg-timeline.ts';
import { renderText } from './documents/text.ts';
import { renderTextGrid } from './annotations/textgrid.ts';
import { renderTimedLines } from './tables/timed-lines.ts';
import { renderTsv } from './tables/tsv.ts';
import { renderUem } from './annotations/uem.ts';
import { renderVtt } from './subtitles/vtt.ts';
import { renderWhisperxJson } from './other-systems/whisperx.ts';
import {
  renderWhisperxAudacity,
  renderWhisperxSrt,
  renderWhisperxText,
  renderWhisperxTsv,
  renderWhisperxVtt,
} from './other-systems/whisperx-writers.ts';

/** What a format is made from: `turns` is every result, `words` only a transcript. */
export type FormatInput = 'turns' | 'words';

/** A file format that results can be written in. */
export type OutputFormat = {
  /** One line for help texts. */
  readonly description: string;
  /** Ending of file names, without the dot. */
  readonly extension: string;
  readonly mediaType: string;
} & (
  | {
      readonly takes: 'turns';
      readonly render: (result: DiarizationResult | TranscriptResult, options: RenderOptions) => Rendered;
    }
  | {
      readonly takes: 'words';
      readonly render: (result: TranscriptResult, options: RenderOptions) => Rendered;
    }
);

/** Text, or the bytes of a format that is no text. */
export type Rendered = string | Promise<Uint8Array>;

const PLAIN_TEXT = 'text/plain; charset=utf-8';

/** Every format by the name that options use. */
export const OUTPUT_FORMATS = {
  json: {
    description: 'everything that is known, versioned',
    extension: 'json',
    mediaType: 'application/json',
    takes: 'turns',
    render: renderJson,
  },
  text: {
    description: 'paragraphs by speaker, or a list of turns',
    extension: 'txt',
    mediaType: PLAIN_TEXT,
    takes: 'turns',
    render: renderText,
  },
  markdown: {
    description: 'paragraphs by speaker, for notes',
    extension: 'md',
    mediaType: 'text/markdown; charset=utf-8',
    takes: 'words',
    render: renderMarkdown,
  },
  html: {
    description: 'page to read and print',
    extension: 'html',
    mediaType: 'text/html; charset=utf-8',
    takes: 'words',
    render: renderHtml,
  },
  docx: {
    description: 'Word document (optional package docx)',
    extension: 'docx',
    mediaType: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
    takes: 'words',
    render: renderDocx,
  },
  srt: {
    description: 'subtitles',
    extension: 'srt',
    mediaType: 'application/x-subrip; charset=utf-8',
    takes: 'words',
    render: renderSrt,
  },
  vtt: {
    description: 'subtitles for the web, with voices',
    extension: 'vtt',
    mediaType: 'text/vtt; charset=utf-8',
    takes: 'words',
    render: renderVtt,
  },
  lrc: {
    description: 'lyrics with times',
    extension: 'lrc',
    mediaType: PLAIN_TEXT,
    takes: 'words',
    render: renderLrc,
  },
  tsv: {
    description: 'table as Whisper writes it, in milliseconds',
    extension: 'tsv',
    mediaType: 'text/tab-separated-values; charset=utf-8',
    takes: 'words',
    render: renderTsv,
  },
  csv: {
    description: 'table for spreadsheets',
    extension: 'csv',
    mediaType: 'text/csv; charset=utf-8; header=present',
    takes: 'turns',
    render: renderCsv,
  },
  lines: {
    description: 'a line for each utterance: [start-end] speaker: text',
    extension: 'lines.txt',
    mediaType: PLAIN_TEXT,
    takes: 'words',
    render: renderTimedLines,
  },
  rttm: {
    description: 'who spoke when, for scoring tools',
    extension: 'rttm',
    mediaType: PLAIN_TEXT,
    takes: 'turns',
    render: renderRttm,
  },
  uem: {
    description: 'the scored region: the whole recording',
    extension: 'uem',
    mediaType: PLAIN_TEXT,
    takes: 'turns',
    render: renderUem,
  },
  stm: {
    description: 'who said what, for scoring tools',
    extension: 'stm',
    mediaType: PLAIN_TEXT,
    takes: 'words',
    render: renderStm,
  },
  ctm: {
    description: 'words with times, for scoring tools',
    extension: 'ctm',
    mediaType: PLAIN_TEXT,
    takes: 'words',
    render: renderCtm,
  },
  seglst: {
    description: 'segments with speakers, for MeetEval',
    extension: 'seglst.json',
    mediaType: 'application/json',
    takes: 'words',
    render: renderSegLst,
  },
  audacity: {
    description: 'label track for Audacity',
    extension: 'labels.txt',
    mediaType: PLAIN_TEXT,
    takes: 'turns',
    render: renderAudacity,
  },
  textgrid: {
    description: 'tiers for Praat',
    extension: 'TextGrid',
    mediaType: PLAIN_TEXT,
    takes: 'turns',
    render: renderTextGrid,
  },
  elan: {
    description: 'tiers for ELAN',
    extension: 'eaf',
    mediaType: 'application/xml; charset=utf-8',
    takes: 'turns',
    render: renderElan,
  },
  svg: {
    description: 'picture: a lane for each speaker',
    extension: 'svg',
    mediaType: 'image/svg+xml',
    takes: 'turns',
    render: renderSvgTimeline,
  },
  'openai-json': {
    description: 'answer of OpenAI: text',
    extension: 'openai.json',
    mediaType: 'application/json',
    takes: 'words',
    render: renderOpenaiJson,
  },
  'openai-verbose-json': {
    description: 'answer of OpenAI: segments and words',
    extension: 'openai-verbose.json',
    mediaType: 'application/json',
    takes: 'words',
    render: renderOpenaiVerboseJson,
  },
  'openai-diarized-json': {
    description: 'answer of OpenAI: segments with speakers',
    extension: 'openai-diarized.json',
    mediaType: 'application/json',
    takes: 'words',
    render: renderOpenaiDiarizedJson,
  },
  gecko: {
    description: 'monologues for the Gecko editor',
    extension: 'gecko.json',
    mediaType: 'application/json',
    takes: 'words',
    render: renderGecko,
  },
  'nemo-json': {
    description: 'session of NeMo',
    extension: 'nemo.json',
    mediaType: 'application/json',
    takes: 'words',
    render: renderNemoJson,
  },
  'nemo-text': {
    description: 'text of NeMo',
    extension: 'nemo.txt',
    mediaType: PLAIN_TEXT,
    takes: 'words',
    render: renderNemoText,
  },
  'whisperx-json': {
    description: 'result of WhisperX',
    extension: 'whisperx.json',
    mediaType: 'application/json',
    takes: 'words',
    render: renderWhisperxJson,
  },
  'whisperx-srt': {
    description: 'subtitles of WhisperX',
    extension: 'whisperx.srt',
    mediaType: 'application/x-subrip; charset=utf-8',
    takes: 'words',
    render: renderWhisperxSrt,
  },
  'whisperx-vtt': {
    description: 'subtitles of WhisperX for the web',
    extension: 'whisperx.vtt',
    mediaType: 'text/vtt; charset=utf-8',
    takes: 'words',
    render: renderWhisperxVtt,
  },
  'whisperx-tsv': {
    description: 'table of WhisperX, in milliseconds',
    extension: 'whisperx.tsv',
    mediaType: 'text/tab-separated-values; charset=utf-8',
    takes: 'words',
    render: renderWhisperxTsv,
  },
  'whisperx-text': {
    description: 'text of WhisperX',
    extension: 'whisperx.txt',
    mediaType: PLAIN_TEXT,
    takes: 'words',
    render: renderWhisperxText,
  },
  'whisperx-audacity': {
    description: 'label track of WhisperX',
    extension: 'whisperx.aud',
    mediaType: PLAIN_TEXT,
    takes: 'words',
    render: renderWhisperxAudacity,
  },
} as const satisfies Readonly<Record<string, OutputFormat>>;

export type OutputFormatName = keyof typeof OUTPUT_FORMATS;
