import { describe, expect, test } from 'vitest';
import { signWebhook, verifyWebhook, writeSignatureHeader } from './index.ts';

const body = '{"id":"event_1","data":{"name":"Grüße"}}';
const at = 1_700_000_000_000;
const check = { secrets: ['whsec_a'], nowMs: at, toleranceMs: 180_000 };
const header = writeSignatureHeader(body, ['whsec_a'], at);
const [timestampPart = '', signaturePart = ''] = header.split(', ');

test('the signature is the HMAC-SHA256 of time, dot and body, as another tool makes it', () => {
  // printf '%s' '1700000000000.{"a":1}' | openssl dgst -sha256 -hmac 'whsec_test'
  expect(signWebhook('{"a":1}', 'whsec_test', at)).toBe(
    '33284ebef248a1f463f81384bfb39351b857cb4897c654b820611536fa084f1e',
  );
});

test('the header has the two parts that clients read, and one more for each further secret', () => {
  expect(header).toMatch(/^t=1700000000000, v1=[0-9a-f]{64}$/);
  expect(writeSignatureHeader(body, ['whsec_b', 'whsec_a'], at)).toBe(
    `${timestampPart}, v1=${signWebhook(body, 'whsec_b', at)}, ${signaturePart}`,
  );
});

test('a signature of any secret that is good passes', () => {
  expect(verifyWebhook(header, body, check)).toEqual({ ok: true, value: at });
  expect(verifyWebhook(header, body, { ...check, secrets: ['whsec_b', 'whsec_a'] }).ok).toBe(true);
  const both = writeSignatureHeader(body, ['whsec_b', 'whsec_a'], at);
  expect(verifyWebhook(both, body, check).ok).toBe(true);
  expect(verifyWebhook(both, body, { ...check, secrets: ['whsec_b'] }).ok).toBe(true);
});

describe('refused', () => {
  const flipped = signaturePart.replace(/.$/, (last) => (last === '0' ? '1' : '0'));

  test.each([
    ['nothing', '', 'malformed'],
    ['no signature', timestampPart, 'malformed'],
    ['no time', signaturePart, 'malformed'],
    ['two times', `${timestampPart}, t=1, ${signaturePart}`, 'malformed'],
    ['a time that is no number', `t=abc, ${signaturePart}`, 'malformed'],
    ['another scheme', `${timestampPart}, v0=${signaturePart.slice(3)}`, 'malformed'],
    ['a flipped bit', `${timestampPart}, ${flipped}`, 'mismatch'],
    ['a shortened signature', `${timestampPart}, ${signaturePart.slice(0, -2)}`, 'mismatch'],
    ['another time', `t=${at + 1}, ${signaturePart}`, 'mismatch'],
  ])('%s', (_, given, fault) => {
    expect(verifyWebhook(given, body, check)).toEqual({ ok: false, error: fault });
  });

  test('another body, another secret, and a time beyond the tolerance', () => {
    expect(verifyWebhook(header, `${body} `, check)).toEqual({ ok: false, error: 'mismatch' });
    expect(verifyWebhook(header, body, { ...check, secrets: ['whsec_b'] })).toEqual({
      ok: false,
      error: 'mismatch',
    });
    expect(verifyWebhook(header, body, { ...check, secrets: [] })).toEqual({ ok: false, error: 'mismatch' });
    expect(verifyWebhook(header, body, { ...check, nowMs: at + 180_001 })).toEqual({
      ok: false,
      error: 'too_old',
    });
    expect(verifyWebhook(header, body, { ...check, nowMs: at - 600_000 }).ok).toBe(true);
  });
});
