import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { checkRedirectUri, findRedirectUri, matchesRedirectUri } from './index.ts';

const exact = 'https://app.example.com/callback?tenant=1';
const label = 'https://pre-*-suf.example.com/cb';
const port = 'http://localhost:*/cb';

test('a registered URI matches itself', () => {
  for (const uri of [exact, 'com.example.app:/cb', 'myapp://callback', 'http://[::1]:3000/cb']) {
    expect(matchesRedirectUri(uri, uri)).toBe(true);
  }
});

describe('what looks like the registered URI does not match (threat O-08)', () => {
  test.each([
    ['trailing slash', 'https://app.example.com/callback/?tenant=1'],
    ['no query', 'https://app.example.com/callback'],
    ['case of the scheme', 'HTTPS://app.example.com/callback?tenant=1'],
    ['case of the host', 'https://App.example.com/callback?tenant=1'],
    ['case of the path', 'https://app.example.com/Callback?tenant=1'],
    ['%2e in the host', 'https://app%2eexample.com/callback?tenant=1'],
    ['encoded letter in the path', 'https://app.example.com/%63allback?tenant=1'],
    ['userinfo', 'https://x@app.example.com/callback?tenant=1'],
    ['host as userinfo', 'https://app.example.com@evil.example/callback?tenant=1'],
    ['fragment', `${exact}#`],
    ['default port spelt out', 'https://app.example.com:443/callback?tenant=1'],
    ['other port', 'https://app.example.com:8443/callback?tenant=1'],
    ['traversal', 'https://app.example.com/x/../callback?tenant=1'],
    ['encoded traversal', 'https://app.example.com/x/%2e%2e/callback?tenant=1'],
    ['sub-path', 'https://app.example.com/callback/x?tenant=1'],
    ['backslash for slash', 'https:\\\\app.example.com\\callback?tenant=1'],
    ['backslash before @', 'https://evil.example\\@app.example.com/callback?tenant=1'],
    ['full-width letter', 'https://ａpp.example.com/callback?tenant=1'],
    ['Cyrillic letter', 'https://аpp.example.com/callback?tenant=1'],
    ['soft hyphen', 'https://app\u00ad.example.com/callback?tenant=1'],
    ['trailing dot', 'https://app.example.com./callback?tenant=1'],
    ['a further parameter', `${exact}&x=1`],
    ['the parameter twice', `${exact}&tenant=1`],
    ['leading space', ` ${exact}`],
    ['trailing newline', `${exact}\n`],
    ['tab inside', 'https://app.exa\tmple.com/callback?tenant=1'],
    ['http for https', 'http://app.example.com/callback?tenant=1'],
    ['prefix of it', exact.slice(0, -1)],
    ['empty', ''],
  ])('%s', (_name, candidate) => {
    expect(matchesRedirectUri(exact, candidate)).toBe(false);
    expect(findRedirectUri([exact, label, port], candidate)).toBeNull();
  });
});

describe('a wildcard fills one label', () => {
  test.each([
    ['https://pre-a-suf.example.com/cb', true],
    ['https://pre-A_b-9-suf.example.com/cb', true],
    [`https://pre-${'a'.repeat(63)}-suf.example.com/cb`, true],
    [`https://pre-${'a'.repeat(64)}-suf.example.com/cb`, false],
    ['https://pre--suf.example.com/cb', false],
    ['https://pre-suf.example.com/cb', false],
    ['https://pre-a.b-suf.example.com/cb', false],
    ['https://pre-a-suf.example.com/cb/', false],
    ['https://pre-a-suf.example.com', false],
    ['https://pre-a-suf.example.com:8443/cb', false],
    ['https://pre-é-suf.example.com/cb', false],
    ['https://pre-%61-suf.example.com/cb', false],
    ['https://pre-*-suf.example.com/cb', false],
    ['https://pre-x@evil-suf.example.com/cb', false],
    ['https://pre-evil.example/?-suf.example.com/cb', false],
    ['https://pre-evil.example#-suf.example.com/cb', false],
    ['https://pre-evil.example\\-suf.example.com/cb', false],
    ['https://pre-a:1-suf.example.com/cb', false],
    ['http://pre-a-suf.example.com/cb', false],
    ['https://PRE-a-suf.example.com/cb', false],
  ])('%s: %s', (candidate, expected) => {
    expect(matchesRedirectUri(label, candidate)).toBe(expected);
  });

  test('the rest of the pattern is text, not a regular expression', () => {
    expect(matchesRedirectUri('https://*.example.com/cb?a=(b)+', 'https://x.example.com/cb?a=(b)+')).toBe(
      true,
    );
    expect(matchesRedirectUri('https://*.example.com/cb', 'https://x.exampleXcom/cb')).toBe(false);
  });
});

describe('a port wildcard is a port from 1 to 65535, and present', () => {
  test.each([
    ['1', true],
    ['3000', true],
    ['80', true],
    ['65535', true],
    ['65536', false],
    ['100000', false],
    ['0', false],
    ['080', false],
    ['', false],
    ['3000x', false],
    ['-1', false],
    ['*', false],
    ['80@evil.example:80', false],
    ['1/x', false],
  ])('%j: %s', (digits, expected) => {
    expect(matchesRedirectUri(port, `http://localhost:${digits}/cb`)).toBe(expected);
  });

  test('no port does not match', () => {
    expect(matchesRedirectUri(port, 'http://localhost/cb')).toBe(false);
    expect(matchesRedirectUri('http://localhost:*', 'http://localhost')).toBe(false);
    expect(matchesRedirectUri('http://localhost:*', 'http://localhost:5')).toBe(true);
  });
});

test('a row that registration would refuse does not match as a wildcard', () => {
  expect(matchesRedirectUri('https://*', 'https://evil')).toBe(false);
  expect(matchesRedirectUri('https://*.*.example.com', 'https://a.b.example.com')).toBe(false);
  expect(matchesRedirectUri('https://app.example.com:*/cb', 'https://app.example.com:1/cb')).toBe(false);
  expect(matchesRedirectUri('https://app.example.com/*', 'https://app.example.com/x')).toBe(false);
  expect(matchesRedirectUri('https://a\\@b.example/', 'https://a\\@b.example/')).toBe(false);
  expect(matchesRedirectUri('https://2130706433/', 'https://2130706433/')).toBe(false);
});

test('an exact entry is found before a wildcard', () => {
  const uris = ['https://*.example.com/cb', 'https://a.example.com/cb'];
  expect(findRedirectUri(uris, 'https://a.example.com/cb')).toBe('https://a.example.com/cb');
  expect(findRedirectUri(uris, 'https://b.example.com/cb')).toBe('https://*.example.com/cb');
  expect(findRedirectUri([], 'https://b.example.com/cb')).toBeNull();
});

describe('properties', () => {
  const word = fc.stringMatching(/^[a-z0-9]{1,8}$/);
  const uri = fc.tuple(word, word, word).map(([a, b, c]) => `https://${a}.${b}.example.com/${c}`);
  const hostile = fc.string({
    unit: fc.constantFrom('.', '@', '\\', '#', '/', ':', '?', '*', '%2e', 'a', '-', 'é', ' '),
  });

  test('what registration accepts without a wildcard matches itself and nothing that differs by an edit', () => {
    fc.assert(
      fc.property(uri, fc.nat(), fc.nat(3), fc.string({ maxLength: 3 }), (registered, place, cut, text) => {
        expect(checkRedirectUri(registered, { kind: 'production', isDefault: true }).ok).toBe(true);
        expect(matchesRedirectUri(registered, registered)).toBe(true);
        const at = place % (registered.length + 1);
        const mutant = registered.slice(0, at) + text + registered.slice(at + cut);
        expect(matchesRedirectUri(registered, mutant)).toBe(mutant === registered);
      }),
      { numRuns: 2_000 },
    );
  });

  test('whatever fills a wildcard, the host keeps its suffix and its number of labels', () => {
    fc.assert(
      fc.property(fc.oneof(hostile, fc.string(), word), (filling) => {
        const candidate = `https://pre-${filling}-suf.example.com/cb`;
        if (!matchesRedirectUri(label, candidate)) return;
        const { hostname, username, password, pathname, hash } = new URL(candidate);
        expect(hostname).toBe(`pre-${filling.toLowerCase()}-suf.example.com`);
        expect(hostname.split('.')).toHaveLength(3);
        expect([username, password, pathname, hash]).toEqual(['', '', '/cb', '']);
      }),
      { numRuns: 3_000 },
    );
  });

  test('a dot, userinfo, backslash or fragment never matches, wherever it is put', () => {
    const mark = fc.constantFrom('.', '@', 'u:p@', '\\', '#', '%2e', '\u3002', '/', '\t');
    fc.assert(
      fc.property(fc.constantFrom(label, port), mark, fc.nat(), (pattern, text, place) => {
        const candidate = pattern.replace('*', pattern === port ? '3000' : 'acme');
        const at = place % (candidate.length + 1);
        expect(matchesRedirectUri(pattern, candidate.slice(0, at) + text + candidate.slice(at))).toBe(false);
      }),
      { numRuns: 2_000 },
    );
  });

  test('arbitrary registered and candidate texts never throw', () => {
    fc.assert(
      fc.property(hostile, hostile, (a, b) => {
        matchesRedirectUri(`https://${a}`, `https://${b}`);
        checkRedirectUri(`https://${a}`, { kind: 'sandbox', isDefault: false });
      }),
    );
  });
});
