import { describe, expect, test } from 'vitest';
import { traitsOf } from '../../../../core/audio/container/audio-container.ts';
import { describeText } from '../../../../core/audio/container/describe-text.ts';
import { sniffContainer, tagBytes } from '../../../../core/audio/container/sniff.ts';

function bytes(text: string): Uint8Array {
  return Buffer.from(text, 'latin1');
}

describe('containers', () => {
  test.each([
    ['RIFF\0\0\0\0WAVEfmt ', 'wav'],
    ['RF64\xff\xff\xff\xffWAVEds64', 'wav'],
    ['BW64\xff\xff\xff\xffWAVEds64', 'wav'],
    ['riff\x2e\x91\xcf\x11\xa5\xd6', 'w64'],
    ['FORM\0\0\x12\x34AIFFCOMM', 'aiff'],
    ['FORM\0\0\x12\x0aAIFCFVER', 'aiff'],
    ['fLaC\0\0\0\x22', 'flac'],
    ['OggS\0\x02', 'ogg'],
    ['\x1a\x45\xdf\xa3\x01', 'matroska'],
    ['\0\0\0\x20ftypM4A ', 'mp4'],
    ['\0\0\0\x08wide', 'mp4'],
    ['ID3\x04\0', 'mp3'],
    ['\xff\xfb\x90\x64', 'mp3'],
    ['\xff\xf1\x50\x80', 'aac'],
    ['#!AMR\n\x3c', 'amr'],
    ['caff\0\x01', 'caf'],
    ['.snd\0\0\0\x18', 'au'],
    ['\x30\x26\xb2\x75\x8e\x66\xcf\x11', 'asf'],
    ['RIFF\0\0\0\0AVI LIST', 'avi'],
    ['FLV\x01\x05', 'flv'],
    ['\0\0\x01\xba\x44', 'mpegps'],
    ['\x0b\x77\xaa\xaa\x14\x40', 'ac3'],
    ['\x0b\x77\x01\x3f\x3f\x84', 'eac3'],
    ['\x7f\xfe\x80\x01\xfc', 'dts'],
    ['\xff\x1f\0\xe8\xf1', 'dts'],
    ['\0\0\0\0\xf8\x72\x6f\xbb', 'truehd'],
    ['\x56\xe0\x12', 'loas'],
    ['wvpk\x20\0', 'wavpack'],
    ['MAC \x96\x0f', 'ape'],
    ['MP+\x07', 'musepack'],
    ['MPCKSH', 'musepack'],
    ['TTA1\x01\0', 'tta'],
    ['tBaK\x01', 'tak'],
    ['DSD \x1c\0', 'dsf'],
    ['FRM8\0\0\0\0\0\0\0\x10DSD FVER', 'dsdiff'],
    ['NIST_1A\n   1024\n', 'sphere'],
    ['Creative Voice File\x1a\x1a\0', 'voc'],
    ['.RMF\0\0', 'rm'],
    ['.ra\xfd\0', 'rm'],
    ['\x06\x0e\x2b\x34\x02\x05\x01\x01\x0d', 'mxf'],
    ['nut/multimedia container\0', 'nut'],
    ['\0\0\0\x18stypmsdh', 'mp4'],
    [`ID3\x04\0\0\0\0\0\x05.....fLaC`, 'flac'],
    [`ID3\x04\0\x10\0\0\0\x05.....3DI.......\xff\xf1\x50\x80`, 'aac'],
    [`ID3\x04\0\0\0\0\x7f\x7f.....`, 'mp3'],
  ])('%j is %s', (prefix, container) => {
    expect(sniffContainer(bytes(prefix))).toBe(container);
  });

  test.each([
    '',
    'R',
    'RIFF\0\0\0\0CDXA',
    '\x0b\x77\0\0\xc0\x40',
    'IMPM module',
    'Extended Module: song',
    'MThd\0\0\0\x06',
    'RIFX\0\0\0\0WAVE',
    '\xff',
    '\xff\xff',
    'PK\x03\x04',
    '\x89PNG\r\n',
  ])('%j is none of them', (prefix) => expect(sniffContainer(bytes(prefix))).toBeUndefined());
});

describe('transport streams', () => {
  const packets = (packetBytes: number, count: number): Uint8Array => {
    const stream = new Uint8Array(packetBytes * count);
    for (let at = 0; at < stream.length; at += packetBytes) stream[at] = 0x47;
    return stream;
  };

  test.each([188, 192, 204])('are known by their rhythm of %i bytes, also where the first is cut', (size) => {
    const stream = packets(size, 30);
    for (const cut of [0, 1, 100, 187]) {
      expect(sniffContainer(stream.subarray(cut, cut + 4096)), String(cut)).toBe('mpegts');
    }
  });

  test('are not what begins with a G, nor what loses the rhythm', () => {
    expect(sniffContainer(packets(188, 3))).toBeUndefined();
    const broken = packets(188, 21);
    broken[188 * 20] = 0;
    expect(sniffContainer(broken)).toBeUndefined();
  });
});

test('the length of a tag is read as it is written, seven bits a byte', () => {
  expect(tagBytes(bytes('ID3\x03\0\0\0\0\x02\x01'))).toBe(10 + 257);
  expect(tagBytes(bytes('ID3\x04\0\x10\0\0\0\x01'))).toBe(21);
  expect(tagBytes(bytes('ID3'))).toBe(0);
});

describe('text that calls itself audio', () => {
  test.each([
    ['ffconcat version 1.0\nfile other.wav\n', 'an ffmpeg concat script'],
    ['\ufeff#EXTM3U\nhttp://169.254.169.254/\n', 'a playlist'],
    ['[playlist]\nFile1=http://localhost/\n', 'a playlist'],
    ['v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\n', 'a session description (SDP)'],
    ['<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg">', 'an SVG picture'],
    ['  <!doctype html><p>404', 'a web page or XML'],
    ['Grüße', 'text'],
  ])('%j is %s', (text, description) => {
    expect(describeText(Buffer.from(text))).toBe(description);
  });

  test('a character that is cut by the end of the prefix does not make text binary', () => {
    const text = Buffer.from('é'.repeat(300));
    expect(describeText(text.subarray(0, 511))).toBe('text');
  });

  test.each(['fLaC\0', '\x1bELF', 'abc\xff\xfe', 'line\0'])('%j is no text', (prefix) => {
    expect(describeText(bytes(prefix))).toBeUndefined();
  });
});

test('only containers that stream well are decoded from a pipe', () => {
  expect(traitsOf('flac').isStreamable).toBe(true);
  expect(traitsOf('mp4').isStreamable).toBe(false);
  expect(traitsOf(undefined).isStreamable).toBe(false);
});
