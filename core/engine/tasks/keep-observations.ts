import { writeFile } from 'node:fs/promises';
import { OutputError } from '../../errors.ts';
import type { ObservationsPart } from '../../observation/join-observations.ts';
import type { ModelUse } from '../../result/result.ts';
import type { Observations } from '../../resolution/observations.ts';

/** Where observations go, and what made them. */
type KeptObservations = {
  readonly path: string;
  readonly preset: string;
  readonly models: readonly ModelUse[];
  readonly provider: string;
  /** Where they are those of a part of the recording. */
  readonly part?: Omit<ObservationsPart, 'observations'>;
};

/** Writes what the models saw, to be resolved anew; an existing file is overwritten. @throws OutputError `output_not_writable` */
export async function keepObservations(
  observations: Observations,
  { path, preset, models, provider, part }: KeptObservations,
): Promise<void> {
  const { encodeObservations } = await import('../../observation/observations-file.ts');
  const uses = models.map(({ id, task }) => ({ id, task }));
  const pieces = encodeObservations(observations, { preset, models: uses, provider }, part);
  try {
    await writeFile(path, pieces);
  } catch (cause) {
    throw new OutputError(
      'output_not_writable',
      'The observations could not be written: the folder is not writable or the disk is full.',
      { cause },
    );
  }
}
