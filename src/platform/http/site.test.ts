import { expect, test } from 'vitest';
import { isSameSite, siteOf } from './site.ts';

test.each([
  ['https://app.example.com', 'https://auth.example.com'],
  ['https://example.com', 'https://auth.example.com'],
  ['https://app.example.co.uk', 'https://auth.example.co.uk:8443'],
  ['http://localhost:3000', 'http://localhost:8080'],
  ['http://127.0.0.1:3000', 'http://127.0.0.1:8080'],
  ['http://[::1]:3000', 'http://[::1]:8080'],
])('%s and %s are one site', (one, other) => {
  expect(isSameSite(one, other)).toBe(true);
  expect(isSameSite(other, one)).toBe(true);
});

test.each([
  ['https://app.example.com', 'http://auth.example.com'],
  ['https://app.example.com', 'https://example.org'],
  ['https://a.co.uk', 'https://b.co.uk'],
  ['https://ada.github.io', 'https://eve.github.io'],
  ['http://localhost', 'http://127.0.0.1'],
  ['http://127.0.0.1', 'http://127.0.0.2'],
  ['null', 'https://example.com'],
  ['', 'https://example.com'],
])('%s and %s are two', (one, other) => {
  expect(isSameSite(one, other)).toBe(false);
  expect(isSameSite(other, one)).toBe(false);
});

test('a host without a registrable domain is a site by itself', () => {
  expect(['a.b.example.com', 'example.com', 'localhost', '127.0.0.1', '::1', 'co.uk'].map(siteOf)).toEqual([
    'example.com',
    'example.com',
    null,
    null,
    null,
    null,
  ]);
});
