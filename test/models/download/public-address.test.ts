import { describe, expect, it } from 'vitest';
import { guardedLookup, isAllowedAddress } from '../../../models/download/public-address.ts';

const strict = { allowLoopback: false, trustedHosts: [] };

describe('isAllowedAddress', () => {
  it.each(['8.8.8.8', '2606:4700::6810:84e5', '64:ff9b::808:808'])(
    'takes the public address %s',
    (address) => {
      expect(isAllowedAddress(address, strict)).toBe(true);
    },
  );

  it.each([
    '10.0.0.1',
    '127.0.0.1',
    '169.254.169.254',
    '100.64.0.1',
    '0.0.0.0',
    '224.0.0.1',
    '::1',
    'fd00::1',
    'fe80::1',
    '::ffff:10.0.0.1',
    '64:ff9b::a9fe:a9fe',
    'not an address',
  ])('refuses %s', (address) => {
    expect(isAllowedAddress(address, strict)).toBe(false);
  });

  it('takes loopback, and nothing else private, when that is allowed', () => {
    expect(isAllowedAddress('127.0.0.1', { allowLoopback: true })).toBe(true);
    expect(isAllowedAddress('::1', { allowLoopback: true })).toBe(true);
    expect(isAllowedAddress('10.0.0.1', { allowLoopback: true })).toBe(false);
  });
});

describe('guardedLookup', () => {
  const lookup = (host: string, rule: Parameters<typeof guardedLookup>[0]) =>
    new Promise((resolve, reject) => {
      guardedLookup(rule)(host, { all: true }, (error, addresses) =>
        error ? reject(error) : resolve(addresses),
      );
    });

  it('fails for a name that means this machine, unless the host is trusted', async () => {
    await expect(lookup('localhost', strict)).rejects.toThrow('not a host of the public internet');
    await expect(lookup('localhost', { ...strict, trustedHosts: ['localhost'] })).resolves.toBeDefined();
  });
});
