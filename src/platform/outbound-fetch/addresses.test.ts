import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { createAddressPolicy } from './addresses.ts';

const strict = createAddressPolicy({ allowLoopback: false, allowedNetworks: [] });

describe('an address that is not public is refused (threat H-01)', () => {
  test.each([
    ['loopback', '127.0.0.1'],
    ['loopback', '127.255.255.254'],
    ['loopback', '::1'],
    ['unspecified', '0.0.0.0'],
    ['this network', '0.1.2.3'],
    ['unspecified', '::'],
    ['private', '10.0.0.1'],
    ['private', '172.16.0.1'],
    ['private', '172.31.255.255'],
    ['private', '192.168.1.1'],
    ['carrier-grade NAT', '100.64.0.1'],
    ['metadata in CGNAT', '100.100.100.200'],
    ['metadata', '169.254.169.254'],
    ['metadata', 'fd00:ec2::254'],
    ['metadata on a public address', '168.63.129.16'],
    ['protocol assignments', '192.0.0.192'],
    ['documentation', '192.0.2.1'],
    ['documentation', '2001:db8::1'],
    ['benchmarking', '198.18.0.1'],
    ['multicast', '224.0.0.1'],
    ['multicast', 'ff02::1'],
    ['reserved', '240.0.0.1'],
    ['broadcast', '255.255.255.255'],
    ['unique-local', 'fc00::1'],
    ['unique-local', 'fdff::1'],
    ['link-local', 'fe80::1'],
    ['link-local with zone', 'fe80::1%eth0'],
    ['site-local', 'fec0::1'],
    ['IPv4-mapped', '::ffff:127.0.0.1'],
    ['IPv4-mapped', '::ffff:7f00:1'],
    ['IPv4-mapped', '0:0:0:0:0:ffff:10.0.0.1'],
    ['IPv4-mapped metadata', '::ffff:168.63.129.16'],
    ['IPv4-compatible', '::127.0.0.1'],
    ['IPv4-compatible', '::7f00:1'],
    ['IPv4-compatible, of a public address', '::8.8.8.8'],
    ['IPv4-translated', '::ffff:0:127.0.0.1'],
    ['NAT64', '64:ff9b::7f00:1'],
    ['NAT64, local prefix', '64:ff9b:1::a00:1'],
    ['6to4 of 127.0.0.1', '2002:7f00:1::'],
    ['Teredo', '2001:0:7f00:1::'],
    ['discard', '100::1'],
    ['segment routing', '5f00::1'],
    ['unassigned', '4000::1'],
    ['not an address', 'localhost'],
    ['not an address', ''],
    ['not an address', '127.0.0.1.example.com'],
  ])('%s: %s', (_name, address) => {
    expect(strict.isAllowed(address)).toBe(false);
  });
});

test.each(['93.184.216.34', '8.8.8.8', '172.32.0.1', '100.128.0.1', '2606:2800:220:1::1', '::ffff:8.8.8.8'])(
  'the public address %s is allowed',
  (address) => expect(strict.isAllowed(address)).toBe(true),
);

test('allowLoopback opens loopback in every form and nothing else', () => {
  const policy = createAddressPolicy({ allowLoopback: true, allowedNetworks: [] });
  for (const address of ['127.0.0.1', '::1', '::ffff:127.0.0.1'])
    expect(policy.isAllowed(address)).toBe(true);
  for (const address of ['0.0.0.0', '::', '10.0.0.1', '169.254.169.254', '::127.0.0.1', '64:ff9b::7f00:1']) {
    expect(policy.isAllowed(address)).toBe(false);
  }
});

test('allowedNetworks opens exactly those networks', () => {
  const policy = createAddressPolicy({ allowLoopback: false, allowedNetworks: ['10.1.0.0/16', 'fd12::/16'] });
  for (const address of ['10.1.2.3', '::ffff:10.1.2.3', 'fd12::1'])
    expect(policy.isAllowed(address)).toBe(true);
  for (const address of ['10.2.0.1', 'fd13::1', '127.0.0.1']) expect(policy.isAllowed(address)).toBe(false);
});

test.each(['10.0.0.0', '10.0.0.0/33', 'example.com/8', ''])(
  'the malformed network %j stops the start',
  (cidr) => {
    expect(() => createAddressPolicy({ allowLoopback: false, allowedNetworks: [cidr] })).toThrow(
      /not a network/,
    );
  },
);

test('an IPv4-mapped address is judged as its IPv4 address', () => {
  fc.assert(
    fc.property(fc.ipV4(), (address) => {
      expect(strict.isAllowed(`::ffff:${address}`)).toBe(strict.isAllowed(address));
    }),
    { numRuns: 2_000 },
  );
});
