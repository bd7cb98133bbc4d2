import { ModelError } from '../../errors.ts';

/** More than any model has: a damaged file may not claim all memory. */
const MOST_LABELS = 1_000_000;

/** Labels of a CTC model by the character that they stand for, in lower case; `|` stands for a space. */
export type CtcDictionary = { readonly labels: ReadonlyMap<string, number>; readonly blank: number };

/**
 * Lower-cases the characters, later entries winning, and finds the blank: `[pad]` or `<pad>`, else label 0.
 *
 * @see WhisperX `alignment.load_align_model`, `align`
 */
export function ctcDictionary(entries: Iterable<readonly [string, number]>): CtcDictionary {
  const labels = new Map<string, number>();
  for (const [character, label] of entries) labels.set(character.toLowerCase(), label);
  return { labels, blank: labels.get('<pad>') ?? labels.get('[pad]') ?? 0 };
}

/**
 * Reads `vocab.json` of a Hugging Face CTC model: labels by character.
 *
 * @throws ModelError `model_shape_mismatch`
 */
export function parseCtcDictionary(json: string, modelId: string): CtcDictionary {
  const entries = entriesOf(json);
  if (entries !== undefined && entries.length > 0) return ctcDictionary(entries);
  throw new ModelError(
    'model_shape_mismatch',
    `The vocab.json of ${modelId} is no list of characters with labels; colloquy models verify ${modelId} tells whether its files are whole.`,
    { details: { model: modelId } },
  );
}

function entriesOf(json: string): [string, number][] | undefined {
  try {
    const value: unknown = JSON.parse(json);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
    const isLabel = (label: unknown) =>
      Number.isInteger(label) && (label as number) >= 0 && (label as number) < MOST_LABELS;
    const entries = Object.entries(value);
    return entries.every(([, label]) => isLabel(label)) ? (entries as [string, number][]) : undefined;
  } catch {
    return undefined;
  }
}
