import { isRecord, type JsonRecord, other, type StoreMessage, textOf } from './object-event.ts';
import { memberOf, objectEvent } from './object-fields.ts';

/** A message about events is at most this long: stores and queues send 64 to 256 KiB. */
export const MAX_STORE_MESSAGE_BYTES = 256 * 1024;

/** An envelope in an envelope in an envelope is no message of a store. */
const MAX_ENVELOPES = 3;

/**
 * Reads a notification of an object store, whatever dialect it is in: S3 `Records` (also those of MinIO, radosgw and
 * versitygw), EventBridge, R2, each bare or inside SNS.
 *
 * Never throws: what is foreign comes back as `other`, with a reason that holds nothing of the message.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
 * @see https://developers.cloudflare.com/r2/buckets/event-notifications/
 */
export function readStoreMessage(body: string): StoreMessage[] {
  if (Buffer.byteLength(body) > MAX_STORE_MESSAGE_BYTES) return [other('longer than 256 KiB')];
  return messagesOf(body, MAX_ENVELOPES);
}

function messagesOf(body: string, envelopesLeft: number): StoreMessage[] {
  const message = parsed(body);
  if (!isRecord(message)) return [other('not a JSON object')];
  if (message.Type === 'Notification' && typeof message.Message === 'string') {
    return envelopesLeft === 0
      ? [other('too many envelopes')]
      : messagesOf(message.Message, envelopesLeft - 1);
  }
  if (message.Event === 's3:TestEvent') return [{ kind: 'test', reason: 'notifications were set up' }];
  if (message.Type === 'SubscriptionConfirmation')
    return [other('a subscription that waits to be confirmed')];
  if (Array.isArray(message.Records)) return message.Records.map(fromRecord);
  if (isRecord(message.detail) && message['detail-type'] !== undefined) return [fromEventBridge(message)];
  if (isRecord(message.object) && message.action !== undefined) return [fromR2(message)];
  return [other('no event of a store that is known here')];
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

/** One of `Records`: AWS, MinIO, Ceph radosgw, versitygw, moto. */
function fromRecord(record: unknown): StoreMessage {
  if (!isRecord(record)) return other('a record that is no object');
  const version = textOf(record.eventVersion);
  if (version !== undefined && !version.startsWith('2.'))
    return other('a version of S3 events that is not 2');
  const s3 = memberOf(record, 's3');
  const object = memberOf(s3, 'object');
  return objectEvent({
    eventName: record.eventName,
    bucket: memberOf(s3, 'bucket').name,
    key: object.key,
    size: object.size,
    etag: object.eTag,
    version: object.versionId,
    mayBeEncoded: true,
  });
}

function fromEventBridge(message: JsonRecord): StoreMessage {
  if (message.source !== 'aws.s3') return other('an event of something that is no object store');
  const detail = memberOf(message, 'detail');
  const object = memberOf(detail, 'object');
  return objectEvent({
    eventName: message['detail-type'],
    bucket: memberOf(detail, 'bucket').name,
    key: object.key,
    size: object.size,
    // moto writes eTag, AWS etag.
    etag: object.etag ?? object.eTag,
    version: object['version-id'],
    mayBeEncoded: false,
  });
}

function fromR2(message: JsonRecord): StoreMessage {
  const object = memberOf(message, 'object');
  return objectEvent({
    eventName: message.action,
    bucket: message.bucket,
    key: object.key,
    size: object.size,
    etag: object.eTag,
    version: undefined,
    mayBeEncoded: false,
  });
}
