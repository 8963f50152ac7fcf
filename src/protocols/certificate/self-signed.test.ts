import { X509Certificate, generateKeyPairSync, sign } from 'node:crypto';
import { expect, test } from 'vitest';
import { makeSelfSigned } from './index.ts';

const pairs = {
  RS256: generateKeyPairSync('rsa', { modulusLength: 2_048 }),
  ES256: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
};

const make = async (
  algorithm: 'RS256' | 'ES256',
  serialNumber: Buffer,
  notAfter = '2036-01-02T03:04:05Z',
) => {
  const { publicKey, privateKey } = pairs[algorithm];
  const der = await makeSelfSigned({
    commonName: 'key_1',
    publicKey: publicKey.export({ format: 'der', type: 'spki' }),
    serialNumber,
    notBefore: new Date('2026-01-02T03:04:05Z'),
    notAfter: new Date(notAfter),
    algorithm,
    sign: (bytes) => Promise.resolve(sign('sha256', bytes, privateKey)),
  });
  return new X509Certificate(der);
};

test.each(['RS256', 'ES256'] as const)(
  'a certificate of %s is read back by OpenSSL as it was made',
  async (algorithm) => {
    const certificate = await make(algorithm, Buffer.from('7f01', 'hex'));
    expect(certificate.verify(pairs[algorithm].publicKey)).toBe(true);
    expect(certificate.publicKey.equals(pairs[algorithm].publicKey)).toBe(true);
    expect([certificate.subject, certificate.issuer, certificate.ca]).toEqual([
      'CN=key_1',
      'CN=key_1',
      false,
    ]);
    expect([certificate.validFrom, certificate.validTo]).toEqual([
      'Jan  2 03:04:05 2026 GMT',
      'Jan  2 03:04:05 2036 GMT',
    ]);
  },
);

test.each([
  ['0000ff', 'FF'],
  ['80', '80'],
  ['7fffffffffffffffffffffffffffffffffffffff', '7FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF'],
])('the serial number %s is a positive whole number', async (bytes, shown) => {
  expect((await make('ES256', Buffer.from(bytes, 'hex'))).serialNumber).toBe(shown);
});

test('a time after 2049 has four digits of the year', async () => {
  const certificate = await make('ES256', Buffer.from([1]), '2050-06-07T08:09:10Z');
  expect(certificate.validTo).toBe('Jun  7 08:09:10 2050 GMT');
});
