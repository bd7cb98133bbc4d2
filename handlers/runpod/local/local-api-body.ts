/** A body of the development API, or what is wrong with it in the form in which the original says so. */
export type LocalApiBody = {
  readonly id?: string;
  readonly input: unknown;
  readonly webhook: string | undefined;
};

export type BodyProblem = {
  readonly detail: readonly {
    readonly type: string;
    readonly loc: readonly (string | number)[];
    readonly msg: string;
    readonly input: unknown;
  }[];
};

/**
 * Reads the body of `/run`, `/runsync` or the realtime route.
 *
 * @param text        the body as it came
 * @param contentType anything but JSON is not read as JSON
 * @param isRealtime  needs an `id`, and takes any input; the others want an object
 */
export function validateBody(
  text: string,
  contentType: string | undefined,
  isRealtime: boolean,
): LocalApiBody | BodyProblem {
  if (text === '') return problem('missing', [], 'Field required', null);
  let body: unknown = text;
  if (contentType === undefined || /\bjson\b/i.test(contentType)) {
    try {
      body = JSON.parse(text);
    } catch {
      return problem('json_invalid', [], 'JSON decode error', {});
    }
  }
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    return problem('dataclass_type', [], 'Input should be a dictionary', body);
  }
  const { id, input, webhook } = body as Record<string, unknown>;
  if (isRealtime && typeof id !== 'string') return problem('missing', ['id'], 'Field required', body);
  if (input === undefined) return problem('missing', ['input'], 'Field required', body);
  if (!isRealtime && (typeof input !== 'object' || input === null || Array.isArray(input))) {
    return problem('dict_type', ['input'], 'Input should be a valid dictionary', input);
  }
  if (webhook !== undefined && webhook !== null && typeof webhook !== 'string') {
    return problem('string_type', ['webhook'], 'Input should be a valid string', webhook);
  }
  return { ...(typeof id === 'string' ? { id } : {}), input, webhook: webhook ?? undefined };
}

function problem(type: string, loc: readonly string[], msg: string, input: unknown): BodyProblem {
  return { detail: [{ type, loc: ['body', ...loc], msg, input }] };
}
