import { defined, type Loose } from '../../../core/defined.ts';
import type { EmbedOptions } from '../../../sdk/contract/index.ts';
import type { EmbedRequest } from '../speakers/speaker-work.ts';

/** What all tasks say of how a recording becomes a vector; the models are chosen apart. */
export type EmbedRequestOptions = Partial<Loose<Omit<EmbedOptions, 'model' | 'speech'>>>;

/** The same in the words of the core. */
export function embedRequest(options: EmbedRequestOptions): EmbedRequest {
  const { qualityLimits, acceptPoorQuality, range, normalize, includeWindows } = options;
  return {
    limits: qualityLimits ?? {},
    poorQuality: acceptPoorQuality === true ? 'report' : 'refuse',
    ...defined({ range, normalize, includeWindows }),
  };
}
