import { type JsonRecord, type ObjectEvent, type OtherMessage, other, textOf } from './object-event.ts';

/** What a dialect says of one object, under its own names. */
export type ObjectFields = {
  readonly eventName: unknown;
  readonly bucket: unknown;
  readonly key: unknown;
  readonly size: unknown;
  readonly etag: unknown;
  readonly version: unknown;
  /** Whether keys of this dialect may be encoded as forms are (`+` is a space). */
  readonly mayBeEncoded: boolean;
};

/** The object of a message, its names and values made equal over dialects. */
export function objectEvent(fields: ObjectFields): ObjectEvent | OtherMessage {
  const kind = kindOf(fields.eventName);
  if (kind === undefined) return other('an event that neither creates nor removes an object');
  const [bucket, key] = [textOf(fields.bucket), textOf(fields.key)];
  if (bucket === undefined || key === undefined) return other('an event without bucket or key');
  const etag = textOf(fields.etag)?.replace(/^"|"$/g, '');
  const version = textOf(fields.version);
  return {
    kind,
    bucket,
    keyCandidates: fields.mayBeEncoded ? candidatesOf(key) : [key],
    ...(typeof fields.size === 'number' && fields.size >= 0 ? { size: fields.size } : {}),
    ...(etag === undefined ? {} : { etag }),
    // A store without versions says nothing, null, "" or the word "null".
    ...(version === undefined || version === 'null' ? {} : { version }),
  };
}

/** The last part of a name decides: dialects write `s3:ObjectCreated:Put`, `ObjectCreated:Put`, `Object Created`. */
function kindOf(eventName: unknown): 'created' | 'removed' | undefined {
  const name = textOf(eventName) ?? '';
  if (/^(?:s3:)?ObjectCreated:|^Object Created$|^(?:Put|Copy|CompleteMultipart)/.test(name)) return 'created';
  if (/^(?:s3:)?(?:ObjectRemoved|LifecycleExpiration):|^Object Deleted$|Delet/.test(name)) return 'removed';
  return undefined;
}

/**
 * AWS encodes keys as forms do; versitygw and radosgw send them raw under the same names. So both are tried: decoded
 * first, and the raw one where it differs.
 */
function candidatesOf(key: string): string[] {
  const decoded = decodedForm(key);
  return decoded === undefined || decoded === key ? [key] : [decoded, key];
}

function decodedForm(key: string): string | undefined {
  try {
    return decodeURIComponent(key.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
}

/** A member of a member. */
export function memberOf(value: JsonRecord, name: string): JsonRecord {
  const member = value[name];
  return typeof member === 'object' && member !== null ? (member as JsonRecord) : {};
}
