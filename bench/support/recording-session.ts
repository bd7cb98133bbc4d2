import type { Session, Tensor } from '../../core/inference/session.ts';
import { sharedFloat32 } from '../../core/inference/session.ts';

type Run = { readonly feeds: Record<string, Tensor>; readonly fetches: readonly string[] | undefined };

/** What a model was fed, and the plain session to feed it again. */
export type RecordedRuns = { readonly plain: Session; readonly runs: readonly Run[] };

/** A session that keeps a copy of everything it was fed, to be run again alone. */
export function recordRuns(session: Session): RecordedRuns & { readonly recording: Session } {
  const runs: Run[] = [];
  const recording: Session = {
    ...session,
    run: (feeds, fetches) => {
      const kept = Object.entries(feeds).map(([name, { data, dims }]) => {
        if (!(data instanceof Float32Array)) return [name, { data: data.slice(), dims }] as const;
        const copy = sharedFloat32(data.length);
        copy.set(data);
        return [name, { data: copy, dims }] as const;
      });
      runs.push({ feeds: Object.fromEntries(kept), fetches });
      return session.run(feeds, fetches);
    },
  };
  return { recording, plain: session, runs };
}

/** Runs everything again, all inputs ready, as many side by side as the session likes. */
export async function replay(parts: readonly RecordedRuns[]): Promise<number> {
  const started = performance.now();
  for (const { plain, runs } of parts) {
    let next = 0;
    const worker = async (): Promise<void> => {
      while (next < runs.length) {
        const { feeds, fetches } = runs[next++]!;
        await plain.run(feeds, fetches);
      }
    };
    await Promise.all(Array.from({ length: plain.concurrency }, worker));
  }
  return (performance.now() - started) / 1000;
}
