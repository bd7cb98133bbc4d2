import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AudioWarning } from '../../../../core/audio/audio-warning.ts';
import { ByteReader } from '../../../../core/audio/byte-reader.ts';
import { DEFAULT_AUDIO_LIMITS } from '../../../../core/audio/limits.ts';
import { readWav } from '../../../../core/audio/wav/wav.ts';
import { collect, streamOf } from '../../../support/byte-streams.ts';
import {
  float32Bytes,
  int16Bytes,
  longSizes,
  riffChunk,
  wavBytes,
  type WavFields,
} from '../../../support/wav-bytes.ts';

type Result = {
  samples: number[];
  sampleRate: number;
  channels: number;
  expectedSeconds: number | undefined;
  warnings: AudioWarning[];
};

async function read(
  bytes: Uint8Array,
  cuts: readonly number[] = [],
  limits = DEFAULT_AUDIO_LIMITS,
  sizeBytes?: number,
): Promise<Result> {
  const warnings: AudioWarning[] = [];
  const onWarning = (warning: AudioWarning) => warnings.push(warning);
  const options = { name: 'test.wav', limits, onWarning, sizeBytes };
  const pcm = await readWav(new ByteReader(streamOf(bytes, cuts)), options);
  const samples = [...(await collect(pcm.blocks))];
  return {
    samples,
    sampleRate: pcm.sampleRate,
    channels: pcm.channels,
    expectedSeconds: pcm.expectedSeconds,
    warnings,
  };
}

const GUID_TAIL = [0x00, 0x00, 0x00, 0x00, 0x10, 0x00, 0x80, 0x00, 0x00, 0xaa, 0x00, 0x38, 0x9b, 0x71];

function extension(formatTag: number, validBits: number, tail: readonly number[] = GUID_TAIL): Uint8Array {
  return Uint8Array.from([22, 0, validBits, 0, 4, 0, 0, 0, formatTag & 0xff, formatTag >> 8, ...tail]);
}

describe('formats', () => {
  const half16 = int16Bytes(16_384, -16_384);
  const cases: [string, WavFields, number[]][] = [
    ['8-bit PCM', { bits: 8, data: Uint8Array.of(192, 64) }, [0.5, -0.5]],
    ['16-bit PCM', { data: half16 }, [0.5, -0.5]],
    ['24-bit PCM', { bits: 24, data: Uint8Array.of(0, 0, 0x40, 0, 0, 0xc0) }, [0.5, -0.5]],
    ['32-bit PCM', { bits: 32, data: Uint8Array.of(0, 0, 0, 0x40, 0, 0, 0, 0xc0) }, [0.5, -0.5]],
    ['12-bit PCM in 16', { bits: 12, data: half16 }, [0.5, -0.5]],
    ['32-bit float', { formatTag: 3, bits: 32, data: float32Bytes(0.5, -0.5) }, [0.5, -0.5]],
    [
      '64-bit float',
      { formatTag: 3, bits: 64, data: new Uint8Array(Float64Array.of(0.5, -0.5).buffer) },
      [0.5, -0.5],
    ],
    ['A-law', { formatTag: 6, bits: 8, data: Uint8Array.of(0xaa, 0x2a) }, [0.984375, -0.984375]],
    [
      'μ-law',
      { formatTag: 7, bits: 8, data: Uint8Array.of(0x80, 0x00) },
      [32_124 / 32_768, -32_124 / 32_768],
    ],
    ['extensible PCM', { formatTag: 0xfffe, formatExtension: extension(1, 16), data: half16 }, [0.5, -0.5]],
    [
      'extensible float',
      { formatTag: 0xfffe, bits: 32, formatExtension: extension(3, 32), data: float32Bytes(0.5) },
      [0.5],
    ],
    [
      'RF64',
      { riffId: 'RF64', before: [riffChunk('ds64', longSizes(4n))], dataSize: 0xffff_ffff, data: half16 },
      [0.5, -0.5],
    ],
    [
      'BW64',
      { riffId: 'BW64', before: [riffChunk('ds64', longSizes(4n))], dataSize: 0xffff_ffff, data: half16 },
      [0.5, -0.5],
    ],
    [
      'RF64 with its length in the 32 bits of the chunk',
      { riffId: 'RF64', before: [riffChunk('ds64', longSizes(99n))], data: half16 },
      [0.5, -0.5],
    ],
    [
      'RF64 whose writer never came back to its header',
      { riffId: 'RF64', before: [riffChunk('ds64', longSizes(0n))], dataSize: 0xffff_ffff, data: half16 },
      [0.5, -0.5],
    ],
    ['stereo', { channels: 2, data: half16 }, [0.5, -0.5]],
    [
      'an odd chunk with its padding byte',
      { between: [riffChunk('LIST', Uint8Array.of(1, 2, 3))], data: half16 },
      [0.5, -0.5],
    ],
    [
      'an odd chunk whose writer forgot the padding byte',
      { between: [riffChunk('LIST', Uint8Array.of(1, 2, 3)).subarray(0, 11)], data: half16 },
      [0.5, -0.5],
    ],
    [
      'unknown chunks around the format',
      {
        before: [riffChunk('JUNK', new Uint8Array(5000))],
        between: [riffChunk('\0\0\0\0', new Uint8Array(2))],
        data: half16,
      },
      [0.5, -0.5],
    ],
  ];
  test.each(cases)('reads %s', async (_, fields, expected) => {
    const result = await read(wavBytes(fields));
    expect(result.samples).toEqual(expected);
    expect(result.warnings).toEqual([]);
  });

  test('an RF64 file takes its length from ds64 and leaves what follows the samples alone', async () => {
    const bytes = wavBytes({
      riffId: 'RF64',
      before: [riffChunk('ds64', longSizes(2n))],
      dataSize: 0xffff_ffff,
      data: int16Bytes(1, 2),
    });
    expect((await read(bytes)).samples).toEqual([1 / 32_768]);
  });

  test('chunks after the samples are not audio', async () => {
    const bytes = Buffer.concat([wavBytes({ data: int16Bytes(1) }), riffChunk('LIST', new Uint8Array(64))]);
    expect((await read(bytes)).samples).toEqual([1 / 32_768]);
  });

  test('says rate, channels and length before the first sample', async () => {
    const result = await read(wavBytes({ channels: 2, sampleRate: 48_000, data: new Uint8Array(48_000) }));
    expect(result).toMatchObject({ sampleRate: 48_000, channels: 2, expectedSeconds: 0.25 });
  });
});

describe('lengths that are not true', () => {
  test.each([0, 0xffff_ffff, 0xffff_ffdb, 0xffff_ffd3, 0xffff_f001, 0x7fff_ffff, 0x8000_0000, 0x7fff_f000])(
    'data size %i is a streamed WAV: read to the end',
    async (dataSize) => {
      const result = await read(wavBytes({ data: int16Bytes(1, 2, 3), dataSize }));
      expect(result.samples).toHaveLength(3);
      expect(result).toMatchObject({ expectedSeconds: undefined, warnings: [] });
    },
  );

  test('a recording that was cut off gives what is there, with a warning in seconds', async () => {
    const result = await read(wavBytes({ sampleRate: 4000, data: new Uint8Array(4000), dataSize: 8000 }));
    expect(result.samples).toHaveLength(2000);
    expect(result.warnings).toEqual([
      {
        code: 'truncated',
        message: 'test.wav was cut off: it holds 0.500 s of the 1.000 s that its header claims.',
      },
    ]);
  });

  test.each([3_000_000_000, 0x7fff_0000])(
    'a header that claims %i bytes in front of almost nothing is damaged',
    async (dataSize) => {
      const bytes = wavBytes({ channels: 2, sampleRate: 48_000, data: new Uint8Array(1000), dataSize });
      await expect(read(bytes)).rejects.toMatchObject({ code: 'corrupt_audio' });
    },
  );

  test('a header that claims a thousand times what is there is believed where that is worth something', async () => {
    const result = await read(wavBytes({ data: new Uint8Array(64_000), dataSize: 2_000_000_000 }));
    expect(result.samples).toHaveLength(32_000);
    expect(result.warnings).toMatchObject([{ code: 'truncated' }]);
  });

  test('a claim beyond the duration limit is refused before the first sample', async () => {
    const bytes = wavBytes({ data: new Uint8Array(100), dataSize: 4_000_000_000 });
    await expect(read(bytes)).rejects.toMatchObject({ code: 'audio_too_long' });
  });

  test('a streamed WAV that goes on past the duration limit is stopped', async () => {
    const bytes = wavBytes({ sampleRate: 4000, data: new Uint8Array(16_002), dataSize: 0 });
    await expect(read(bytes, [], { ...DEFAULT_AUDIO_LIMITS, maxDurationSeconds: 2 })).rejects.toMatchObject({
      code: 'audio_too_long',
    });
    expect(
      (await read(bytes, [], { ...DEFAULT_AUDIO_LIMITS, maxDurationSeconds: 2.001 })).samples,
    ).toHaveLength(8001);
  });
});

describe('files that are longer than they say', () => {
  /** Loud samples: bytes of letters, but never the size of a chunk. */
  const loud = (count: number): number[] => Array.from({ length: count }, (_, i) => 20_000 + (i % 96) * 129);
  const more = int16Bytes(...loud(12_000));

  test('a size that wrapped round, or was never brought up to date, is not believed: all samples come out', async () => {
    const bytes = wavBytes({ sampleRate: 4000, data: more, dataSize: 4000 });
    const result = await read(bytes);
    expect(result.samples).toEqual(loud(12_000).map((value) => value / 32_768));
    expect(result.warnings).toEqual([
      {
        code: 'longer_than_header',
        message: 'test.wav is longer than the 0.500 s that its header claims: all 3.000 s were read.',
      },
    ]);
  });

  test('also in silence, in frames of several channels, and in the middle of a frame', async () => {
    const silence = { sampleRate: 4000, channels: 3, data: new Uint8Array(60_000) };
    for (const dataSize of [600, 601, 602, 605]) {
      expect((await read(wavBytes({ ...silence, dataSize }))).samples, String(dataSize)).toHaveLength(30_000);
    }
  });

  test('a tag or padding that lasts less than a second is no audio', async () => {
    for (const tail of [Buffer.from('TAG'.padEnd(128, '\0')), new Uint8Array(4096)]) {
      const result = await read(Buffer.concat([wavBytes({ data: int16Bytes(1, 2) }), tail]));
      expect(result).toMatchObject({ samples: [1 / 32_768, 2 / 32_768], warnings: [] });
    }
  });

  test.each([0, 0xffff_ffff])('size %i in front of chunks only is an empty recording', async (dataSize) => {
    const before = dataSize === 0 ? {} : { riffId: 'RF64', before: [riffChunk('ds64', longSizes(0n))] };
    const bytes = Buffer.concat([wavBytes({ dataSize, ...before }), riffChunk('LIST', new Uint8Array(30))]);
    expect((await read(bytes)).samples).toEqual([]);
  });

  test('recordings that were joined byte by byte are read one after the other', async () => {
    const [first, second] = [wavBytes({ data: int16Bytes(1, 2) }), wavBytes({ data: int16Bytes(3, 4) })];
    const tags = riffChunk('LIST', new Uint8Array(21));
    const result = await read(Buffer.concat([first, tags, second, tags, first]));
    expect(result.samples.map((value) => value * 32_768)).toEqual([1, 2, 3, 4, 1, 2]);
    expect(result.warnings).toEqual([]);
  });

  test.each([
    ['of another format', wavBytes({ sampleRate: 8000, data: int16Bytes(3) })],
    ['that is damaged', wavBytes({ channels: 0 })],
  ])('a joined recording %s is named', async (_, second) => {
    const result = await read(Buffer.concat([wavBytes({ data: int16Bytes(1) }), second]));
    expect(result).toMatchObject({ samples: [1 / 32_768], warnings: [{ code: 'unread' }] });
  });

  test('the size of the file says how long it is, where the header does not', async () => {
    const bytes = wavBytes({ sampleRate: 4000, data: more, dataSize: 0xffff_ffdb });
    expect((await read(bytes, [], DEFAULT_AUDIO_LIMITS, bytes.length)).expectedSeconds).toBeCloseTo(3, 1);
    const claims25Hours = wavBytes({ sampleRate: 4000, data: more, dataSize: 25 * 3600 * 8000 });
    const result = await read(claims25Hours, [], DEFAULT_AUDIO_LIMITS, claims25Hours.length);
    expect(result).toMatchObject({ warnings: [{ code: 'truncated' }] });
    expect(result.samples).toHaveLength(12_000);
  });
});

describe('headers that lie', () => {
  const cases: [string, WavFields, string][] = [
    ['65,535 channels', { channels: 65_535 }, 'unsupported_audio'],
    ['33 channels', { channels: 33 }, 'unsupported_audio'],
    ['no channels', { channels: 0 }, 'corrupt_audio'],
    ['1 Hz', { sampleRate: 1 }, 'unsupported_audio'],
    ['0 Hz', { sampleRate: 0 }, 'corrupt_audio'],
    ['4 GHz', { sampleRate: 0xffff_ffff }, 'unsupported_audio'],
    ['0 bits', { bits: 0 }, 'corrupt_audio'],
    ['33 bits of PCM', { bits: 33 }, 'unsupported_audio'],
    ['16-bit float', { formatTag: 3, bits: 16 }, 'unsupported_audio'],
    ['ADPCM', { formatTag: 2, bits: 4 }, 'unsupported_audio'],
    ['a frame size that contradicts the rest', { blockAlign: 3 }, 'corrupt_audio'],
    [
      'an extensible format cut short',
      { formatTag: 0xfffe, formatExtension: Uint8Array.of(0, 0) },
      'corrupt_audio',
    ],
    [
      'an unknown sub-format',
      {
        formatTag: 0xfffe,
        formatExtension: extension(
          1,
          16,
          GUID_TAIL.map((byte) => byte ^ 1),
        ),
      },
      'unsupported_audio',
    ],
    [
      'a header without end',
      { before: Array.from({ length: 1001 }, () => riffChunk('JUNK', new Uint8Array(0))) },
      'corrupt_audio',
    ],
    [
      'a header chunk of 17 MB',
      { before: [riffChunk('JUNK', new Uint8Array(8), 17 * 2 ** 20)] },
      'corrupt_audio',
    ],
  ];
  test.each(cases)('%s is a typed error', async (_, fields, code) => {
    await expect(read(wavBytes({ data: new Uint8Array(1000), ...fields }))).rejects.toMatchObject({ code });
  });

  test('samples before their format, and a file that ends in its header, are damaged', async () => {
    const headless = Buffer.concat([Buffer.from('RIFF\0\0\0\0WAVE'), riffChunk('data', new Uint8Array(8))]);
    await expect(read(headless)).rejects.toMatchObject({ code: 'corrupt_audio' });
    const whole = wavBytes({ data: int16Bytes(1) });
    for (let length = 12; length < 44; length++) {
      await expect(read(whole.subarray(0, length))).rejects.toMatchObject({ code: 'corrupt_audio' });
    }
  });
});

describe('samples that are no numbers', () => {
  test.each([
    [NaN, 'not a number'],
    [-Infinity, 'infinite'],
    [1e20, 'beyond any scale'],
  ])('%d is refused with its place', async (value, what) => {
    const samples = new Array<number>(8000).fill(0);
    samples[7001] = value;
    const bytes = wavBytes({
      formatTag: 3,
      bits: 32,
      channels: 2,
      sampleRate: 4000,
      data: float32Bytes(...samples),
    });
    await expect(read(bytes)).rejects.toMatchObject({
      code: 'corrupt_audio',
      message: expect.stringContaining(`the sample at 0.8750 s in channel 1 is ${what}`),
      details: { atSeconds: 0.875, channel: 1 },
    });
  });

  test('a double too large for float32 counts as infinite', async () => {
    const bytes = wavBytes({ formatTag: 3, bits: 64, data: new Uint8Array(Float64Array.of(1e300).buffer) });
    await expect(read(bytes)).rejects.toMatchObject({ code: 'corrupt_audio' });
  });

  test('float samples beyond full scale are kept', async () => {
    expect(
      (await read(wavBytes({ formatTag: 3, bits: 32, data: float32Bytes(1.5, -32_768) }))).samples,
    ).toEqual([1.5, -32_768]);
  });
});

test('gives the same samples however the bytes are cut', async () => {
  const data = Uint8Array.from({ length: 3 * 2 * 700 }, (_, i) => (i * 37) % 251);
  const bytes = wavBytes({
    bits: 24,
    channels: 2,
    before: [riffChunk('note', Uint8Array.of(1, 2, 3))],
    data,
  });
  const whole = await read(bytes);
  expect(whole.samples).toHaveLength(1400);
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(bytes.length), { maxLength: 40 }), async (cuts) => {
      expect(await read(bytes, cuts)).toEqual(whole);
    }),
  );
});
