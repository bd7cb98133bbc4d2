import { access, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DEFAULT_MAX_FILE_BYTES, downloadFile } from './download.ts';
import { type HeldLock, withFileLock } from '../file-lock.ts';
import { isChecked } from '../recorded-checksums.ts';
import type { ManifestFile, ManifestModel, ModelManifest, ModelSource } from '../manifest.ts';
import type { ModelFolders } from '../model-folders.ts';
import { isSpeechError, OutputError } from '../../core/errors.ts';
import type { DownloadNetwork } from './open-download.ts';
import { verifyModelFile } from '../verify.ts';

/** Which models there are, where they are looked for, and how they are fetched. */
export type ModelStoreOptions = {
  readonly manifest: ModelManifest;
  readonly folders: ModelFolders;
  /** Never touch the network: a model that is not here is an error. @default false */
  readonly offline?: boolean | undefined;
  /** Where Hugging Face is, e.g. a mirror. @default https://huggingface.co */
  readonly huggingFaceEndpoint?: string | undefined;
  /** What opens connections. @default the network of this machine, public addresses only */
  readonly network?: DownloadNetwork | undefined;
  /** Limit for files whose size the manifest does not know. @default 8 GiB */
  readonly maxFileBytes?: number | undefined;
  /** Pause before a failed source is asked again; doubles with each try. @default 500 ms */
  readonly firstPauseMs?: number | undefined;
};

/** How far a download is; `totalBytes` is undefined where nobody says. */
export type ModelProgress = {
  readonly id: string;
  readonly file: string;
  readonly receivedBytes: number;
  readonly totalBytes: number | undefined;
};

/** What a caller of the store may see and stop. */
export type ModelCallOptions = {
  /** Stops downloads. @default downloads go on to their end */
  readonly signal?: AbortSignal | undefined;
  /** Told how far a download is. @default nobody is told */
  readonly onProgress?: ((progress: ModelProgress) => void) | undefined;
  /** Called when another process is fetching the same model, and this one waits for it. @default nobody is told */
  readonly onWait?: ((id: string) => void) | undefined;
};

/** Downloads the files that are not there or wrong, one process at a time. */
export async function fetchModel(
  model: ManifestModel,
  options: ModelStoreOptions,
  call: ModelCallOptions,
): Promise<void> {
  // Loaded only now: the network library costs start-up time that a machine with all its models need not pay.
  const { createDownloader } = await import('./open-download.ts');
  const folder = await makeFolder(join(options.folders.downloads, model.id));
  const mirror = options.huggingFaceEndpoint;
  const trustedHosts = mirror === undefined ? [] : [new URL(mirror).hostname];
  const downloader = createDownloader({ trustedHosts, ...options.network });
  const { signal } = call;
  const fetchMissing = async (lock: HeldLock) => {
    for (const file of model.files) {
      const target = join(folder, file.name);
      if (await isRight(target, file, model.id, options.folders.stamps, signal)) continue;
      await downloadFile({
        modelId: model.id,
        file,
        urls: (file.sources ?? []).map((source) => urlOf(source, mirror)),
        target,
        maxBytes: options.maxFileBytes ?? DEFAULT_MAX_FILE_BYTES,
        downloader,
        lock,
        signal,
        firstPauseMs: options.firstPauseMs,
        onProgress: (receivedBytes, totalBytes) =>
          call.onProgress?.({ id: model.id, file: file.name, receivedBytes, totalBytes }),
      });
    }
  };
  try {
    await withFileLock(join(folder, '.lock'), fetchMissing, {
      signal,
      onWait: () => call.onWait?.(model.id),
    });
  } finally {
    await downloader.close();
  }
}

async function makeFolder(folder: string): Promise<string> {
  try {
    await mkdir(folder, { recursive: true });
    return folder;
  } catch (cause) {
    throw new OutputError(
      'output_not_writable',
      `The folder ${folder} for downloaded models cannot be made. Name another one with COLLOQUY_CACHE.`,
      { cause },
    );
  }
}

async function isRight(
  path: string,
  file: ManifestFile,
  modelId: string,
  stampFolder: string,
  signal?: AbortSignal,
): Promise<boolean> {
  // Only whole files get their name.
  if (!isChecked(file)) return isThere(path);
  try {
    await verifyModelFile(path, file, { modelId, remedy: '', stampFolder, signal });
    return true;
  } catch (error) {
    if (isSpeechError(error) && error.code === 'canceled') throw error;
    return false;
  }
}

function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/** The download URL of a source. */
export function urlOf(source: ModelSource, huggingFaceEndpoint = 'https://huggingface.co'): string {
  if ('url' in source) return source.url;
  const { repository, revision, path } = source.huggingFace;
  const encoded = path.split('/').map(encodeURIComponent).join('/');
  return `${huggingFaceEndpoint.replace(/\/+$/, '')}/${repository}/resolve/${revision}/${encoded}`;
}
