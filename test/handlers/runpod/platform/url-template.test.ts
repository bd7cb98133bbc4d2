import { describe, expect, it } from 'vitest';
import {
  appendQuery,
  jobUrl,
  replaceTakeSegment,
  workerUrl,
} from '../../../../handlers/runpod/platform/url-template.ts';

describe('workerUrl and jobUrl', () => {
  it('fill both placeholders wherever they stand', () => {
    expect(workerUrl('http://h/take/$ID?w=$RUNPOD_POD_ID', 'w-1')).toBe('http://h/take/w-1?w=w-1');
    expect(jobUrl('http://h/$RUNPOD_POD_ID/$ID?j=$ID', 'w-1', 'j-1')).toBe('http://h/w-1/j-1?j=j-1');
  });

  it('do not read placeholders or patterns in what they fill in', () => {
    expect(jobUrl('http://h/$RUNPOD_POD_ID/$ID', '$ID', '$&')).toBe('http://h/%24ID/%24%26');
  });

  it('keep an odd id within its path segment', () => {
    expect(jobUrl('http://h/$RUNPOD_POD_ID/$ID?x=1', 'w', '../a?b#c')).toBe('http://h/w/..%2Fa%3Fb%23c?x=1');
  });
});

describe('appendQuery', () => {
  it.each([
    ['http://h/p', 'http://h/p?a=1+2&b=x%2Cy'],
    ['http://h/p?', 'http://h/p?a=1+2&b=x%2Cy'],
    ['http://h/p?g=A+B%20C', 'http://h/p?g=A+B%20C&a=1+2&b=x%2Cy'],
    ['http://h/p?g=1&', 'http://h/p?g=1&a=1+2&b=x%2Cy'],
  ])('adds to %s and keeps what is there byte for byte', (url, expected) => {
    expect(appendQuery(url, { a: '1 2', b: 'x,y' })).toBe(expected);
  });

  it('adds nothing for no parameters', () => {
    expect(appendQuery('http://h/p', {})).toBe('http://h/p');
  });
});

describe('replaceTakeSegment', () => {
  it('replaces the segment in the path alone', () => {
    expect(replaceTakeSegment('http://h/job-take/w?u=/job-take/', 'job-stop')).toBe(
      'http://h/job-stop/w?u=/job-take/',
    );
  });

  it('says so when there is no such segment', () => {
    expect(replaceTakeSegment('http://h/take/w?u=/job-take/', 'job-stop')).toBeUndefined();
  });
});
