import { askJson } from '../api.ts';
import type { SampleQuality } from './quality.ts';

/** A sound that somebody chose or spoke. */
export type Sample = { readonly blob: Blob; readonly name: string };

/** Where the voice comes from: sounds, or a speaker of a recording that is here. */
export type EnrolSource =
  { readonly samples: readonly Sample[] } | { readonly job: string; readonly speaker: string };

/** What became of a sample. */
export type SampleOutcome = {
  readonly name: string;
  readonly accepted: boolean;
  readonly quality?: SampleQuality;
  readonly error?: { readonly message: string };
};

export async function enrol(
  name: string,
  source: EnrolSource,
  replace: boolean,
): Promise<readonly SampleOutcome[]> {
  const form = new FormData();
  if (replace) form.append('replace', 'true');
  if ('job' in source) {
    form.append('job', source.job);
    form.append('speaker', source.speaker);
  } else for (const { blob, name: file } of source.samples) form.append('file', blob, file);
  const path = `/v1/voices/${encodeURIComponent(name)}`;
  return (await askJson<{ samples: SampleOutcome[] }>(path, { method: 'PUT', body: form })).samples;
}

/** Why a sample was left out. */
export function whyRefused({ accepted, error }: SampleOutcome): string | undefined {
  if (accepted) return undefined;
  return error?.message ?? 'sounds like somebody else than the other samples';
}
