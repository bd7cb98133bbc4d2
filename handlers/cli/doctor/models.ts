import { isSpeechError } from '../../../core/errors.ts';
import type { ManifestModel } from '../../../models/manifest.ts';
import type { ModelStore } from '../../../models/store.ts';
import type { Finding } from './finding.ts';

/** The models on this machine, each verified. Required are those that are inside the package. */
export async function examineModels(store: ModelStore): Promise<Finding[]> {
  const verified: string[] = [];
  const faults: { id: string; embedded: boolean; message: string }[] = [];
  const optional: Finding[] = [];
  for (const model of store.manifest.models) {
    const { id, embedded, npmPackage } = model;
    const isHere = (await store.locate(id)) !== undefined;
    if (!isHere && npmPackage !== undefined) optional.push(notInstalled(model, npmPackage));
    if (!isHere && (!embedded || npmPackage !== undefined)) continue;
    try {
      await store.obtain(id);
      verified.push(id);
    } catch (error) {
      if (!isSpeechError(error)) throw error;
      faults.push({ id, embedded, message: error.message });
    }
  }
  const summary: Finding = {
    check: 'models',
    status: 'ok',
    summary: `${verified.length} models verified: ${verified.join(', ') || 'none'}`,
    facts: { verified },
  };
  return [
    summary,
    ...optional,
    ...faults.map(({ id, embedded, message }): Finding => ({
      check: `model ${id}`,
      status: embedded ? 'missing' : 'note',
      summary: `the model ${id} cannot be used`,
      remedy: message,
      facts: { id, embedded },
    })),
  ];
}

/** A model with a package of its own, which not everybody wants. */
function notInstalled({ id, title, embedded }: ManifestModel, npmPackage: string): Finding {
  return {
    check: `model ${id}`,
    status: 'note',
    summary: `the model ${id} is not installed: ${title}`,
    remedy: `To have it: npm install ${npmPackage}`,
    facts: { id, embedded },
  };
}
