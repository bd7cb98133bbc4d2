import { describe, expect, test } from 'vitest';
import { describeText, needsSeeking, sniffContainer } from '../../../core/audio/sniff.ts';

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
  ])('%j is %s', (prefix, container) => {
    expect(sniffContainer(bytes(prefix))).toBe(container);
  });

  test.each([
    '',
    'R',
    'RIFF\0\0\0\0AVI ',
    'RIFX\0\0\0\0WAVE',
    '\xff',
    '\xff\xff',
    'PK\x03\x04',
    '\x89PNG\r\n',
  ])('%j is none of them', (prefix) => expect(sniffContainer(bytes(prefix))).toBeUndefined());
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
  expect(needsSeeking('flac')).toBe(false);
  expect(needsSeeking('mp4')).toBe(true);
  expect(needsSeeking(undefined)).toBe(true);
});
