import * as fc from 'fast-check';
import { expect, test } from 'vitest';

import { type OriginFaultCode, checkOrigin } from './index.ts';

const read = (origin: string, kind: 'sandbox' | 'production' = 'production'): string | OriginFaultCode => {
  const result = checkOrigin(origin, { kind });
  return result.ok ? result.value : result.error.code;
};

test.each([
  ['https://app.example.com', 'https://app.example.com'],
  ['HTTPS://App.Example.com:443', 'https://app.example.com'],
  ['https://app.example.com:8443', 'https://app.example.com:8443'],
  ['https://app.example.com:80', 'https://app.example.com:80'],
  ['http://localhost:3000', 'http://localhost:3000'],
  ['http://127.0.0.1:80', 'http://127.0.0.1'],
  ['http://[::1]:3000', 'http://[::1]:3000'],
  ['https://xn--9ca.example', 'https://xn--9ca.example'],
  ['null', 'null_origin'],
  ['*', 'wildcard'],
  ['https://*.example.com', 'wildcard'],
  ['app.example.com', 'scheme_not_allowed'],
  ['//app.example.com', 'scheme_not_allowed'],
  ['ftp://app.example.com', 'scheme_not_allowed'],
  ['javascript:alert(1)', 'scheme_not_allowed'],
  ['', 'scheme_not_allowed'],
  ['https://user@app.example.com', 'userinfo'],
  ['https://app.example.com/', 'not_an_origin'],
  ['https://app.example.com/path', 'not_an_origin'],
  ['https://app.example.com?x', 'not_an_origin'],
  ['https://app.example.com#', 'not_an_origin'],
  ['https://app.example.com\\', 'not_an_origin'],
  ['https://app.example.com ', 'not_an_origin'],
  ['https://', 'invalid_host'],
  ['https://app.example.com:', 'invalid_host'],
  ['https://app.example.com:0443', 'invalid_host'],
  ['https://app.example.com:99999', 'invalid_host'],
  ['https://app.example.com.', 'invalid_host'],
  ['https://é.example', 'invalid_host'],
  ['https://2130706433', 'invalid_host'],
  ['http://app.example.com', 'https_required'],
  ['http://localhost.example.com', 'https_required'],
])('in production %j becomes %s', (origin, expected) => {
  expect(read(origin)).toBe(expected);
});

test('a sandbox accepts plain http', () => {
  expect(read('http://App.example.com:80', 'sandbox')).toBe('http://app.example.com');
});

test('what is returned is a fixed point and equals the URL parser’s origin', () => {
  fc.assert(
    fc.property(fc.webUrl({ withFragments: true, withQueryParameters: true }), (url) => {
      const { origin } = new URL(url);
      expect(read(origin, 'sandbox')).toBe(origin);
    }),
  );
});
