import { foldersIn } from './small-model.ts';
import type { ModelManifest } from '../../../models/manifest.ts';
import { openModelStore } from '../../../models/store.ts';

/** Pulls the model `small` in a process of its own: arguments are origin, folder and manifest as JSON. */
const [origin, root, manifest] = process.argv.slice(2).map((value) => JSON.parse(value) as unknown);
const store = openModelStore({
  manifest: manifest as ModelManifest,
  folders: foldersIn(root as string),
  huggingFaceEndpoint: origin as string,
  network: { allowLoopback: true },
  firstPauseMs: 5,
});
let waited = false;
const { paths } = await store.pull('small', { onWait: () => (waited = true) });
process.stdout.write(JSON.stringify({ waited, paths }));
