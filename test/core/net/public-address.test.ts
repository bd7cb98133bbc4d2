import { describe, expect, test } from 'vitest';
import { addressInHost, isLoopbackAddress, isPublicAddress } from '../../../core/net/public-address.ts';

describe('an address', () => {
  test.each([
    '127.0.0.1',
    '127.8.8.8',
    '0.0.0.0',
    '10.0.0.1',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '100.100.100.200',
    '192.0.0.192',
    '192.0.2.1',
    '198.18.0.1',
    '198.19.255.255',
    '198.51.100.7',
    '203.0.113.9',
    '224.0.0.1',
    '239.255.255.255',
    '240.0.0.1',
    '255.255.255.255',
    '168.63.129.16',
    '::',
    '::1',
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '::ffff:169.254.169.254',
    '64:ff9b::7f00:1',
    '64:ff9b::a9fe:a9fe',
    '64:ff9b::a83f:8110',
    '64:ff9b:1::808:808',
    '::ffff:0:808:808',
    '::ffff:168.63.129.16',
    '::ffff:a83f:8110',
    '::7f00:1',
    '::127.0.0.1',
    '::808:808',
    '1000::1',
    '4000::1',
    '2001:0:808:808::1',
    '2002:7f00:1::',
    '2001::1',
    'fe80::1',
    'fec0::1',
    'fc00::1',
    'fd00:ec2::254',
    'ff02::1',
    '2001:db8::1',
    '3fff::1',
    'fe80::1%eth0',
    '2606:4700:4700::1111%eth0',
    '127.1',
    '0x7f.0.0.1',
    '010.8.8.8',
    '134744072',
    '',
    'localhost',
    '8.8.8',
    '8.8.8.8/32',
    '8.8.8.8 ',
  ])('%j is not public', (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });

  test.each([
    '8.8.8.8',
    '1.1.1.1',
    '93.184.216.34',
    '172.15.0.1',
    '172.32.0.1',
    '2606:4700:4700::1111',
    '::ffff:8.8.8.8',
    '64:ff9b::808:808',
    '64:ff9b::8.8.8.8',
  ])('%j is public', (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });
});

describe('this machine', () => {
  test.each(['127.0.0.1', '127.8.8.8', '::1', '::ffff:127.0.0.1', '64:ff9b::7f00:1'])('is %s', (address) => {
    expect(isLoopbackAddress(address)).toBe(true);
  });

  test.each(['10.0.0.1', '::', '0.0.0.0', '8.8.8.8', 'localhost'])('is not %s', (address) => {
    expect(isLoopbackAddress(address)).toBe(false);
  });
});

test.each([
  ['127.0.0.1', '127.0.0.1'],
  ['[::1]', '::1'],
  ['example.com', undefined],
  ['[fe80::1%eth0]', undefined],
])('the host %s holds the address %s', (host, address) => {
  expect(addressInHost(host)).toBe(address);
});

test('every spelling of loopback that a URL knows comes out as one address', () => {
  for (const host of ['127.1', '0x7f.1', '2130706433', '017700000001', '127.0.0.1.']) {
    expect(isLoopbackAddress(addressInHost(new URL(`http://${host}/`).hostname)!)).toBe(true);
  }
});
