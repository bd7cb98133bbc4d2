import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readStoreMessage } from '../../../../handlers/batch/events/read-store-message.ts';

/** A record as AWS documents it (event notification message structure, version 2.3). */
function awsRecord(key: string, over: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    eventVersion: '2.3',
    eventSource: 'aws:s3',
    awsRegion: 'us-west-2',
    eventTime: '1970-01-01T00:00:00.000Z',
    eventName: 'ObjectCreated:Put',
    s3: {
      s3SchemaVersion: '1.0',
      bucket: { name: 'recordings', arn: 'arn:aws:s3:::recordings' },
      object: { key, size: 1024, eTag: 'd41d8cd98f00b204e9800998ecf8427e', sequencer: '0055AED6DCD90281E5' },
    },
    ...over,
  };
}

const read = (value: unknown): unknown[] => readStoreMessage(JSON.stringify(value));
const created = (keyCandidates: string[]): unknown => ({
  kind: 'created',
  bucket: 'recordings',
  keyCandidates,
  size: 1024,
  etag: 'd41d8cd98f00b204e9800998ecf8427e',
});

describe('a notification of a store', () => {
  it('of AWS: keys are encoded as forms are', () => {
    expect(read({ Records: [awsRecord('calls/M%C3%BCller+1%2B1.wav')] })).toEqual([
      created(['calls/Müller 1+1.wav', 'calls/M%C3%BCller+1%2B1.wav']),
    ]);
  });

  it('of versitygw and radosgw: keys are raw under the same names, quotes around the ETag', () => {
    const [raw] = read({ Records: [awsRecord('a+b %.wav', { eventName: 's3:ObjectCreated:Put' })] });
    expect(raw).toEqual(created(['a+b %.wav']));
    const record = awsRecord('x.wav', { eventSource: 'ceph:s3', eventVersion: '2.2' });
    (record.s3 as { object: Record<string, unknown> }).object.eTag = '"d41d8cd98f00b204e9800998ecf8427e"';
    expect(read({ Records: [record] })).toEqual([created(['x.wav'])]);
  });

  it('of MinIO', () => {
    const record = awsRecord('a%2Fb.wav', {
      eventSource: 'minio:s3',
      eventName: 's3:ObjectCreated:CompleteMultipartUpload',
    });
    expect(read({ EventName: 's3:ObjectCreated:Put', Key: 'recordings/a/b.wav', Records: [record] })).toEqual(
      [created(['a/b.wav', 'a%2Fb.wav'])],
    );
  });

  it('of EventBridge: raw keys, etag in small letters', () => {
    const message = {
      version: '0',
      'detail-type': 'Object Created',
      source: 'aws.s3',
      detail: {
        bucket: { name: 'recordings' },
        object: { key: 'a+b.wav', size: 1024, etag: 'd41d8cd98f00b204e9800998ecf8427e', 'version-id': 'v1' },
        reason: 'PutObject',
      },
    };
    expect(read(message)).toEqual([{ ...(created(['a+b.wav']) as object), version: 'v1' }]);
    expect(read({ ...message, source: 'aws.ec2' })).toMatchObject([{ kind: 'other' }]);
  });

  it('of R2', () => {
    const message = {
      account: '3f4b7e3dcab231cbfdaa90a6a28bd548',
      action: 'PutObject',
      bucket: 'recordings',
      object: { key: 'a+b.wav', size: 1024, eTag: 'd41d8cd98f00b204e9800998ecf8427e' },
      eventTime: '2024-05-24T19:36:44.379Z',
    };
    expect(read(message)).toEqual([created(['a+b.wav'])]);
    expect(read({ ...message, action: 'LifecycleDeletion' })).toMatchObject([{ kind: 'removed' }]);
  });

  it('inside SNS, once or twice, but not without end', () => {
    let message: unknown = { Records: [awsRecord('x.wav')] };
    const wrap = (inner: unknown): unknown => ({
      Type: 'Notification',
      MessageId: '1',
      Message: JSON.stringify(inner),
    });
    expect(read(wrap(message))).toEqual([created(['x.wav'])]);
    for (let i = 0; i < 5; i += 1) message = wrap(message);
    expect(read(message)).toEqual([{ kind: 'other', reason: 'too many envelopes' }]);
  });

  it('that is a test is told as one', () => {
    const test = {
      Service: 'Amazon S3',
      Event: 's3:TestEvent',
      Time: '2014',
      Bucket: 'recordings',
      RequestId: '1',
      HostId: '2',
    };
    expect(read(test)).toMatchObject([{ kind: 'test' }]);
  });

  it('with versions: none, null, empty and "null" are no version', () => {
    for (const versionId of [null, '', 'null']) {
      const record = awsRecord('x.wav');
      (record.s3 as { object: Record<string, unknown> }).object.versionId = versionId;
      expect(read({ Records: [record] })).toEqual([created(['x.wav'])]);
    }
  });

  it('of another major version, of removed objects, and with several records', () => {
    const records = [
      awsRecord('a.wav', { eventVersion: '3.0' }),
      awsRecord('b.wav', { eventName: 'ObjectRemoved:Delete' }),
      awsRecord('c.wav', { eventVersion: '2.6' }),
      awsRecord('d.wav', { eventName: 'ObjectTagging:Put' }),
    ];
    expect(read({ Records: records }).map((each) => (each as { kind: string }).kind)).toEqual([
      'other',
      'removed',
      'created',
      'other',
    ]);
  });

  it('that is foreign, broken or huge never throws, and the reason repeats nothing of it', () => {
    const marker = 'SECRET';
    for (const body of [
      '',
      '[]',
      '{',
      'null',
      `{"x":"${marker}"}`,
      '{"Records":[1,null,{}]}',
      'x'.repeat(300_000),
    ]) {
      for (const message of readStoreMessage(body)) expect(JSON.stringify(message)).not.toContain(marker);
    }
    fc.assert(fc.property(fc.json(), (body) => readStoreMessage(body).length >= 0));
    fc.assert(
      fc.property(
        fc.object({ key: fc.constantFrom('Records', 's3', 'object', 'detail', 'action', 'key') }),
        (value) => {
          readStoreMessage(JSON.stringify(value));
          readStoreMessage(JSON.stringify({ Records: [value] }));
        },
      ),
    );
  });
});
