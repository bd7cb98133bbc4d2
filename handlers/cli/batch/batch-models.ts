import { DEFAULT_PRESET } from '../../../core/diarization/presets.ts';
import type { BatchPlan } from '../../batch/batch-plan.ts';
import { diarizationSetup, openStore, transcriptionSetup } from '../../setup/composition.ts';
import type { CliContext } from '../context.ts';
import { modelCalls } from '../options/engine-options.ts';
import type { Messenger } from '../output/progress.ts';

/** What of a plan says which models it needs. */
type Work = { readonly task: string; readonly options: Readonly<Record<string, unknown>> };

/**
 * The models that a plan needs, with the checksums of their weights: they are part of what a result is. Downloads those
 * that are missing here.
 *
 * @throws ModelError
 */
export async function modelsOf(
  { task, options }: Work,
  messenger: Messenger,
  context: CliContext,
): Promise<BatchPlan['models']> {
  const store = openStore(context.config);
  const calls = modelCalls(messenger, context);
  const preset = textOf(options.preset) ?? DEFAULT_PRESET;
  const uses =
    task === 'diarize'
      ? (await diarizationSetup(store, preset, calls)).files.uses
      : await transcriptionUses();
  return uses.map(({ id, sha256 }) => ({ id, sha256: sha256 ?? 'unknown' }));

  async function transcriptionUses() {
    const choice = { model: textOf(options.model), preset: options.diarize === false ? undefined : preset };
    const setup = await transcriptionSetup(store, choice, calls);
    return [...setup.uses, ...(setup.diarization?.files.uses ?? [])];
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
