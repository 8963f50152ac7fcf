import { describe, expect, test } from 'vitest';

import { type RedirectUriFaultCode, checkRedirectUri } from './index.ts';

type Verdict = 'ok' | RedirectUriFaultCode;
const verdict = (uri: string, kind: 'sandbox' | 'production', isDefault = false): Verdict => {
  const result = checkRedirectUri(uri, { kind, isDefault });
  if (result.ok) expect(result.value).toBe(uri);
  else expect(result.error.message).toMatch(/^[A-Z].*\.$/);
  return result.ok ? 'ok' : result.error.code;
};

describe('registration, by environment (threat O-08)', () => {
  // uri, in a sandbox, in production (same as in a sandbox when left out)
  const table: readonly [string, Verdict, Verdict?][] = [
    ['https://app.example.com/callback', 'ok'],
    ['https://app.example.com', 'ok'],
    ['https://app.example.com:8443/cb?tenant=1&x=%20', 'ok'],
    ['https://App.Example.com/CB', 'ok'],
    ['https://xn--9ca.example/cb', 'ok'],
    ['https://10.0.0.1/cb', 'ok'],
    ['http://app.example.com/cb', 'ok', 'https_required'],
    ['http://localhost:3000/cb', 'ok', 'https_required'],
    ['http://[::1]:3000/cb', 'ok', 'https_required'],
    ['http://127.0.0.2/cb', 'ok', 'https_required'],
    ['http://127.0.0.1/cb', 'ok'],
    ['http://127.0.0.1:49152/cb', 'ok'],
    // native apps
    ['com.example.app:/cb', 'ok'],
    ['myapp://callback', 'ok'],
    ['myapp://callback/path?x=1', 'ok'],
    ['exp+my-app://expo', 'ok'],
    ['myapp:', 'not_absolute'],
    ['localhost:3000/cb', 'not_absolute'],
    ['example.com:443/cb', 'not_absolute'],
    ['MyApp://callback', 'not_absolute'],
    ['myapp://user@callback', 'userinfo'],
    ['myapp://*.callback', 'wildcard_misplaced'],
    ['myapp://a/../b', 'path_traversal'],
    ['com.example.app:/../b', 'path_traversal'],
    // schemes with a meaning of their own
    ['javascript:alert(1)', 'scheme_not_allowed'],
    ['JaVaScRiPt:alert(1)', 'scheme_not_allowed'],
    ['data:text/html,x', 'scheme_not_allowed'],
    ['vbscript:x', 'scheme_not_allowed'],
    ['file:///etc/passwd', 'scheme_not_allowed'],
    ['blob:https://a.example/1', 'scheme_not_allowed'],
    ['intent://x/#Intent;end', 'scheme_not_allowed'],
    ['urn:ietf:wg:oauth:2.0:oob', 'scheme_not_allowed'],
    // not absolute
    ['', 'not_absolute'],
    ['/callback', 'not_absolute'],
    ['//evil.example/cb', 'not_absolute'],
    ['https:', 'not_absolute'],
    ['https:example.com/cb', 'not_absolute'],
    ['https:/example.com/cb', 'not_absolute'],
    ['https:///example.com/cb', 'not_absolute'],
    ['https://?x', 'not_absolute'],
    ['HTTPS://example.com/cb', 'not_absolute'],
    // what parsers read in two ways
    ['https://app.example.com/cb#x', 'fragment'],
    ['https://app.example.com/cb#', 'fragment'],
    ['https://user@app.example.com/cb', 'userinfo'],
    ['https://user:pw@app.example.com/cb', 'userinfo'],
    ['https://app.example.com@evil.example/cb', 'userinfo'],
    ['https://app.example.com\\@evil.example/cb', 'invalid_character'],
    ['https://app.example.com/c b', 'invalid_character'],
    [' https://app.example.com/cb', 'invalid_character'],
    ['https://app.example.com/cb\n', 'invalid_character'],
    ['https://app.example.com/cb\t', 'invalid_character'],
    ['https://app.example.com/\0', 'invalid_character'],
    ['https://app.example.com/<script>', 'invalid_character'],
    ['https://app.example.com/100%', 'invalid_character'],
    ['https://é.example/cb', 'invalid_character'],
    ['https://аpp.example.com/cb', 'invalid_character'],
    ['https://app。example.com/cb', 'invalid_character'],
    ['https://app%2eexample.com/cb', 'invalid_host'],
    ['https://app.example.com./cb', 'invalid_host'],
    ['https://app.example.com:/cb', 'invalid_host'],
    ['https://app.example.com:0443/cb', 'invalid_host'],
    ['https://app.example.com:65536/cb', 'invalid_host'],
    ['https://app.example.com:0/cb', 'invalid_host'],
    ['https://2130706433/cb', 'invalid_host'],
    ['https://0x7f.1/cb', 'invalid_host'],
    ['https://[0:0::1]/cb', 'invalid_host'],
    ['https://app.example.com/a/../cb', 'path_traversal'],
    ['https://app.example.com/./cb', 'path_traversal'],
    ['https://app.example.com/..', 'path_traversal'],
    ['https://app.example.com/..;/cb', 'path_traversal'],
    ['https://app.example.com/%2e%2E/cb', 'path_traversal'],
    ['https://app.example.com/a%2ecb', 'path_traversal'],
    ['https://app.example.com/a%5Ccb', 'path_traversal'],
    ['https://app.example.com/a%0acb', 'path_traversal'],
    ['https://app.example.com/a..b/...', 'ok'],
    // wildcard in the host
    ['https://*.example.com/cb', 'ok'],
    ['https://prefix-*-suffix.example.com', 'ok'],
    ['https://*-acme.preview.example.co.uk:8443/cb?x=1', 'ok'],
    ['http://*.example.com/cb', 'ok', 'wildcard_http'],
    ['http://*.localhost:3000/cb', 'ok', 'wildcard_http'],
    ['https://*.*.example.com/cb', 'wildcard_repeated'],
    ['https://**.example.com/cb', 'wildcard_repeated'],
    ['https://*.example.com/*', 'wildcard_repeated'],
    ['http://localhost:*/*', 'wildcard_repeated'],
    ['https://app.*.example.com/cb', 'wildcard_misplaced'],
    ['https://app.example.*/cb', 'wildcard_misplaced'],
    ['https://app.example.com/*', 'wildcard_misplaced'],
    ['https://app.example.com/cb?x=*', 'wildcard_misplaced'],
    ['https*://app.example.com/cb', 'not_absolute'],
    ['https://*', 'wildcard_public_suffix'],
    ['https://*:8443/cb', 'wildcard_public_suffix'],
    ['https://app-*/cb', 'wildcard_public_suffix'],
    ['https://*.com/cb', 'wildcard_public_suffix'],
    ['https://*example.com/cb', 'wildcard_public_suffix'],
    ['https://*.CO.UK/cb', 'wildcard_public_suffix'],
    ['https://*.ngrok-free.app', 'wildcard_public_suffix'],
    ['https://pre-*.vercel.app/cb', 'wildcard_public_suffix'],
    ['https://*.acme.ngrok-free.app/cb', 'ok'],
    ['https://*.foo.ck/cb', 'wildcard_public_suffix'],
    ['https://*.xn--p1ai/cb', 'wildcard_public_suffix'],
    ['https://*.xn--55qx5d.cn/cb', 'wildcard_public_suffix'],
    ['https://*.internal/cb', 'wildcard_public_suffix'],
    ['https://*.com./cb', 'invalid_host'],
    ['https://*.0.0.1/cb', 'invalid_host'],
    ['https://*@evil.example/cb', 'userinfo'],
    // wildcard as port
    ['http://127.0.0.1:*/cb', 'ok'],
    ['https://localhost:*/cb', 'ok'],
    ['http://localhost:*/cb', 'ok', 'https_required'],
    ['http://localhost:*', 'ok', 'https_required'],
    ['http://[::1]:*/cb', 'ok', 'https_required'],
    ['http://127.0.0.999:*/cb', 'invalid_host'],
    ['http://localhost:3*/cb', 'wildcard_misplaced'],
    ['https://app.example.com:*/cb', 'wildcard_misplaced'],
    ['http://10.0.0.1:*/cb', 'wildcard_misplaced'],
    ['http://localhost.example.com:*/cb', 'wildcard_misplaced'],
  ];
  test.each(table)('%j: %s', (uri, sandbox, production = sandbox) => {
    expect(verdict(uri, 'sandbox')).toBe(sandbox);
    expect(verdict(uri, 'production')).toBe(production);
  });
});

test('the default redirect URI has no wildcard of either kind', () => {
  expect(verdict('https://*.example.com/cb', 'sandbox', true)).toBe('wildcard_default');
  expect(verdict('http://localhost:*/cb', 'sandbox', true)).toBe('wildcard_default');
  expect(verdict('https://app.example.com/cb', 'production', true)).toBe('ok');
});

test('2,000 characters are accepted and 2,001 are not', () => {
  const uri = 'https://app.example.com/'.padEnd(2_000, 'a');
  expect(verdict(uri, 'production')).toBe('ok');
  expect(verdict(`${uri}a`, 'production')).toBe('too_long');
});
