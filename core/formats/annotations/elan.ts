import { isTranscript, type DiarizationResult, type TranscriptResult } from '../../result/result.ts';
import { wholeMilliseconds } from '../writing/clock.ts';
import { speakerNamer, type RenderOptions } from '../render-options.ts';
import { singleLine } from '../writing/single-line.ts';
import { escapeXml } from '../writing/xml.ts';

/** The format wants a date; results have none, and the same result gives the same file. */
const DATE = '1970-01-01T00:00:00+00:00';

type Annotation = { readonly startMs: number; readonly endMs: number; readonly text: string };

/**
 * An ELAN annotation file (EAF 3.0): a tier for each speaker, an annotation for each utterance or turn. ELAN asks for
 * the recording when it is opened.
 *
 * @see http://www.mpi.nl/tools/elan/EAFv3.0.xsd
 */
export function renderElan(
  result: DiarizationResult | TranscriptResult,
  _options: RenderOptions = {},
): string {
  const tiers = tiersOf(result);
  const slots = timeSlots(tiers.flatMap((tier) => tier.annotations));
  let annotationCount = 0;
  const annotationLines = (annotation: Annotation): string[] => {
    annotationCount += 1;
    const [start, end] = slots.idsOf(annotation);
    return [
      '        <ANNOTATION>',
      `            <ALIGNABLE_ANNOTATION ANNOTATION_ID="a${annotationCount}" TIME_SLOT_REF1="${start}" TIME_SLOT_REF2="${end}">`,
      `                <ANNOTATION_VALUE>${escapeXml(annotation.text)}</ANNOTATION_VALUE>`,
      '            </ALIGNABLE_ANNOTATION>',
      '        </ANNOTATION>',
    ];
  };
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<ANNOTATION_DOCUMENT AUTHOR="" DATE="${DATE}" FORMAT="3.0" VERSION="3.0" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:noNamespaceSchemaLocation="http://www.mpi.nl/tools/elan/EAFv3.0.xsd">`,
    '    <HEADER MEDIA_FILE="" TIME_UNITS="milliseconds"/>',
    '    <TIME_ORDER>',
    ...slots.lines,
    '    </TIME_ORDER>',
    ...tiers.flatMap(({ name, annotations }) => [
      `    <TIER LINGUISTIC_TYPE_REF="utterance" PARTICIPANT="${name}" TIER_ID="${name}">`,
      ...annotations.flatMap(annotationLines),
      '    </TIER>',
    ]),
    '    <LINGUISTIC_TYPE GRAPHIC_REFERENCES="false" LINGUISTIC_TYPE_ID="utterance" TIME_ALIGNABLE="true"/>',
    '</ANNOTATION_DOCUMENT>\n',
  ].join('\n');
}

/** A time slot for each border of an annotation, in the order of time. */
function timeSlots(annotations: readonly Annotation[]) {
  const borders = annotations
    .flatMap((annotation) => [
      { annotation, border: 0 as const, ms: annotation.startMs },
      { annotation, border: 1 as const, ms: annotation.endMs },
    ])
    .sort((a, b) => a.ms - b.ms);
  const ids = new Map<Annotation, [string, string]>(annotations.map((annotation) => [annotation, ['', '']]));
  for (const [index, { annotation, border }] of borders.entries())
    ids.get(annotation)![border] = `ts${index + 1}`;
  return {
    lines: borders.map(
      ({ ms }, index) => `        <TIME_SLOT TIME_SLOT_ID="ts${index + 1}" TIME_VALUE="${ms}"/>`,
    ),
    idsOf: (annotation: Annotation) => ids.get(annotation)!,
  };
}

/** Tiers by name; annotations of a tier may not overlap, so an utterance ends where the next one begins. */
function tiersOf(
  result: DiarizationResult | TranscriptResult,
): { name: string; annotations: Annotation[] }[] {
  const nameOf = speakerNamer(result);
  const tiers = new Map<string, Annotation[]>(result.speakers.map((speaker) => [nameOf(speaker.label), []]));
  const spoken = isTranscript(result)
    ? result.utterances.map((utterance) => ({ ...utterance }))
    : result.turns.map((turn) => ({ ...turn, text: nameOf(turn.speaker) }));
  for (const { speaker, startSeconds, endSeconds, text } of spoken.sort(
    (a, b) => a.startSeconds - b.startSeconds,
  )) {
    const annotations = tiers.get(nameOf(speaker)) ?? [];
    tiers.set(nameOf(speaker), annotations);
    annotations.push({
      startMs: wholeMilliseconds(startSeconds),
      endMs: wholeMilliseconds(endSeconds),
      text: singleLine(text),
    });
  }
  return [...tiers].map(([name, annotations]) => ({
    name: escapeXml(singleLine(name)),
    annotations: annotations
      .map((annotation, index) => {
        const nextStartMs = annotations[index + 1]?.startMs ?? Infinity;
        return { ...annotation, endMs: Math.min(annotation.endMs, nextStartMs) };
      })
      .filter(({ startMs, endMs }) => endMs > startMs),
  }));
}
