/**
 * Results in any format, and files of other systems as results: pure functions, without the client and without
 * checking. Whoever imports one of them bundles that one alone.
 *
 * @module
 */
export {
  formatNames,
  formatOf,
  OUTPUT_FORMATS,
  type OutputFormat,
  type Rendered,
  renderResult,
} from '../core/formats/index.ts';
export type { RenderOptions } from '../core/formats/render-options.ts';
export { renderAudacity } from '../core/formats/annotations/audacity.ts';
export { renderCtm } from '../core/formats/annotations/ctm.ts';
export { renderElan } from '../core/formats/annotations/elan.ts';
export { readRttm, renderRttm } from '../core/formats/annotations/rttm.ts';
export { renderSegLst } from '../core/formats/annotations/seglst.ts';
export { renderStm } from '../core/formats/annotations/stm.ts';
export { renderTextGrid } from '../core/formats/annotations/textgrid.ts';
export { renderDocx } from '../core/formats/documents/docx.ts';
export { renderHtml } from '../core/formats/documents/html.ts';
export { renderMarkdown } from '../core/formats/documents/markdown.ts';
export { renderSvgTimeline } from '../core/formats/documents/svg-timeline.ts';
export { renderText } from '../core/formats/documents/text.ts';
export { renderJson } from '../core/formats/json.ts';
export { renderLrc } from '../core/formats/subtitles/lrc.ts';
export { renderSrt } from '../core/formats/subtitles/srt.ts';
export { renderVtt } from '../core/formats/subtitles/vtt.ts';
export { renderCsv } from '../core/formats/tables/csv.ts';
export { renderTimedLines } from '../core/formats/tables/timed-lines.ts';
export { renderTsv } from '../core/formats/tables/tsv.ts';
export type { DiarizationResult, TranscriptResult } from '../core/result/result.ts';
