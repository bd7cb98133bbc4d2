/** What a notification of a store says about one object. A hint, never a fact: `HEAD` decides. */
export type ObjectEvent = {
  readonly kind: 'created' | 'removed';
  readonly bucket: string;
  /**
   * What the key may be, most likely first: some dialects encode keys as forms do, some do not, and the message does
   * not say which it is.
   */
  readonly keyCandidates: readonly string[];
  /** Bytes, where the store says; 0 is often wrong for multipart uploads. */
  readonly size?: number;
  /** Without quotes. */
  readonly etag?: string;
  readonly version?: string;
};

/** A message that names no object to work on. */
export type OtherMessage = {
  /** `test`: sent when notifications are set up. `other`: something else, which `reason` says without its contents. */
  readonly kind: 'test' | 'other';
  readonly reason: string;
};

/** What one message holds. */
export type StoreMessage = ObjectEvent | OtherMessage;

/** An object of a message that was read as JSON. */
export type JsonRecord = Readonly<Record<string, unknown>>;

export function isRecord(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A text that is there. */
export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

export function other(reason: string): OtherMessage {
  return { kind: 'other', reason };
}
