import { isSpeechError } from '../../../core/errors.ts';
import type { ModelStore } from '../../../models/store.ts';
import type { Finding } from './finding.ts';

/** The models on this machine, each verified. Embedded ones are required. */
export async function examineModels(store: ModelStore): Promise<Finding[]> {
  const verified: string[] = [];
  const faults: { id: string; embedded: boolean; message: string }[] = [];
  for (const { id, embedded } of store.manifest.models) {
    if (!embedded && !(await store.locate(id))) continue;
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
    ...faults.map(({ id, embedded, message }): Finding => ({
      check: `model ${id}`,
      status: embedded ? 'missing' : 'note',
      summary: `the model ${id} cannot be used`,
      remedy: message,
      facts: { id, embedded },
    })),
  ];
}
