import type { IncomingMessage } from 'node:http';
import { isSpeechError } from '../../../core/errors.ts';
import type { ByteBudget } from '../../work/http/byte-budget.ts';
import { HttpReply } from '../../work/http/http-reply.ts';
import {
  MAX_JSON_DEPTH,
  parseJsonObject,
  type JsonLimits,
  type JsonObjectText,
} from '../../work/http/json-text.ts';
import { withBodyText } from '../../work/http/read-body.ts';

export type ReadObjectOptions = {
  readonly maxBytes: number;
  readonly budget: ByteBudget;
  readonly maxMembers?: number;
};

/** Reads the JSON object of a body, and works with it while it is in memory. @throws HttpReply 400, 408, 413, 415 */
export function withJsonObject<T>(
  request: IncomingMessage,
  { maxBytes, budget, maxMembers }: ReadObjectOptions,
  use: (object: JsonObjectText) => Promise<T>,
): Promise<T> {
  const limits = { maxDepth: MAX_JSON_DEPTH, ...(maxMembers === undefined ? {} : { maxMembers }) };
  return withBodyText(request, { maxBytes, budget }, (text) => use(parsed(text, limits)));
}

function parsed(text: string, limits: JsonLimits): JsonObjectText {
  try {
    return parseJsonObject(text, limits);
  } catch (error) {
    throw isSpeechError(error) ? new HttpReply(400, error.message) : error;
  }
}
