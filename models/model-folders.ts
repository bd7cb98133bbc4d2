import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where models are looked for, in this order, and where downloads go. */
export type ModelFolders = {
  /** Holds `<id>/<file>` of the models that ship with Colloquy. */
  readonly embedded: string;
  /** Read-only folders of the operator (an own folder, a network volume), each with `<id>/<file>`. */
  readonly shared: readonly string[];
  /** Hugging Face caches (`…/hub`, with `models--org--name/snapshots/…`), RunPod's cached models included. */
  readonly huggingFaceCaches: readonly string[];
  /** Own downloads, `<id>/<file>`; several processes, also on several machines, may share it. */
  readonly downloads: string;
  /** Notes on files that were verified already, see `verified-stamps.ts`. */
  readonly stamps: string;
  /** Graphs as the runtime made them ready, see `core/inference/saved-graphs.ts`; absent where they are not wanted. */
  readonly graphs?: string | undefined;
};

/** RunPod mounts the models that an endpoint names as cached here. */
const RUNPOD_HUGGING_FACE_CACHE = '/runpod-volume/huggingface-cache/hub';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The folders that an environment asks for.
 *
 * `COLLOQUY_MODELS` (a path list) adds shared folders, `COLLOQUY_CACHE` moves downloads and notes (default: the
 * user's cache folder), `COLLOQUY_SAVED_GRAPHS=off` keeps no graphs there, `HF_HUB_CACHE` or `HF_HOME` move the Hugging Face cache as they do for Python.
 */
export function modelFolders(environment: Environment): ModelFolders {
  const cache = environment.COLLOQUY_CACHE ?? join(userCacheFolder(environment), 'colloquy');
  const huggingFaceHome = environment.HF_HOME ?? join(userCacheFolder(environment, 'linux'), 'huggingface');
  return {
    embedded: embeddedModelsFolder(),
    shared: (environment.COLLOQUY_MODELS ?? '').split(delimiter).filter((folder) => folder !== ''),
    huggingFaceCaches: [environment.HF_HUB_CACHE ?? join(huggingFaceHome, 'hub'), RUNPOD_HUGGING_FACE_CACHE],
    downloads: join(cache, 'models'),
    stamps: join(cache, 'verified'),
    graphs: isOff(environment.COLLOQUY_SAVED_GRAPHS) ? undefined : join(cache, 'graphs'),
  };
}

/** True when the environment forbids downloads: `COLLOQUY_OFFLINE` or `HF_HUB_OFFLINE` is set and not 0. */
export function isOffline(environment: Environment): boolean {
  return [environment.COLLOQUY_OFFLINE, environment.HF_HUB_OFFLINE].some(
    (value) => value !== undefined && !['', '0', 'false', 'no', 'off'].includes(value.toLowerCase()),
  );
}

/** Whether a variable says no. */
function isOff(value: string | undefined): boolean {
  return value !== undefined && ['0', 'false', 'no', 'off'].includes(value.toLowerCase());
}

/** The operating system's folder for caches of this user; Hugging Face uses the Linux one everywhere. */
function userCacheFolder(environment: Environment, platform: string = process.platform): string {
  const home = environment.HOME ?? environment.USERPROFILE ?? homedir();
  if (platform === 'darwin') return join(home, 'Library', 'Caches');
  if (platform === 'win32') return environment.LOCALAPPDATA ?? join(home, 'AppData', 'Local');
  return environment.XDG_CACHE_HOME ?? join(home, '.cache');
}

/** `models/embedded` of this package, whether the code runs from the sources or from `dist`. */
export function embeddedModelsFolder(): string {
  const here = dirname(fileURLToPath(import.meta.url));
  for (let folder = here; ; folder = dirname(folder)) {
    const candidate = join(folder, 'models', 'embedded');
    if (existsSync(candidate) || folder === dirname(folder)) return candidate;
  }
}
