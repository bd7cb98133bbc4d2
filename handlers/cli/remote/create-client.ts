/** The client of an endpoint as options and environment say it. */
import { Colloquy, s3Upload } from '../../../sdk/index.ts';
import type { CliContext } from '../context.ts';

/** Where the work is done. */
export type EndpointOptions = { readonly endpoint?: string; readonly baseUrl?: string };

/** @throws ColloquyError `invalid_option` where nothing says which endpoint, or no key is there */
export function createClient({ endpoint, baseUrl }: EndpointOptions, { config }: CliContext): Colloquy {
  const { environment } = config;
  const apiKey = environment.COLLOQUY_API_KEY ?? environment.RUNPOD_API_KEY;
  const endpointId = endpoint ?? environment.RUNPOD_ENDPOINT_ID;
  const url = baseUrl ?? environment.COLLOQUY_BASE_URL;
  const bucket = environment.COLLOQUY_UPLOAD_BUCKET;
  const region = environment.COLLOQUY_UPLOAD_REGION;
  const store = environment.COLLOQUY_UPLOAD_ENDPOINT;
  return new Colloquy({
    ...(apiKey === undefined ? {} : { apiKey }),
    ...(endpointId === undefined ? {} : { endpointId }),
    ...(url === undefined ? {} : { baseUrl: url }),
    ...(bucket === undefined
      ? {}
      : {
          upload: s3Upload({
            bucket,
            ...(region === undefined ? {} : { region }),
            ...(store === undefined ? {} : { endpoint: store }),
          }),
        }),
  });
}
