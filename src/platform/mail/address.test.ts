import { expect, test } from 'vitest';
import { isHeaderText, parseAddress, parseSender } from './address.ts';

const long = (length: number) => 'a'.repeat(length);
const longDomain = `${`${long(62)}.`.repeat(4)}`.slice(0, 253 - 4);

test.each([
  ['ada@example.com', 'ada@example.com'],
  ['ada+tag@EXAMPLE.com', 'ada+tag@example.com'],
  ['Ada.Lovelace@example.com', 'Ada.Lovelace@example.com'],
  ["o'brien=x/y@example.com", "o'brien=x/y@example.com"],
  ['"ada lovelace"@example.com', '"ada lovelace"@example.com'],
  ['"eve@evil.example"@example.com', '"eve@evil.example"@example.com'],
  [String.raw`"a\"b"@example.com`, String.raw`"a\"b"@example.com`],
  ['ada@bücher.example', 'ada@xn--bcher-kva.example'],
  ['ada@пример.рф', 'ada@xn--e1afmkfd.xn--p1ai'],
  ['用户@例え.jp', '用户@xn--r8jz45g.jp'],
  ['ada@localhost', 'ada@localhost'],
  [`${long(64)}@${longDomain}.com`, `${long(64)}@${longDomain}.com`],
])('%s is one address', (text, address) => {
  expect(parseAddress(text)).toBe(address);
});

test.each([
  ['nothing', ''],
  ['no domain', 'ada'],
  ['no local part', '@example.com'],
  ['two recipients', 'ada@example.com,eve@evil.example'],
  ['two recipients apart by a semicolon', 'ada@example.com; eve@evil.example'],
  ['a display name', 'Ada <ada@example.com>'],
  ['brackets', '<ada@example.com>'],
  ['a comment', 'ada(x)@example.com'],
  ['a line break at the end', 'ada@example.com\r\nBcc: eve@evil.example'],
  ['a line break in front', '\nada@example.com'],
  ['a line feed in the local part', 'ada\n@example.com'],
  ['a line feed in a quoted local part', '"ada\n"@example.com'],
  ['brackets in a quoted local part', '"a>,<eve@evil.example"@example.com'],
  ['a tab', 'ada\t@example.com'],
  ['NUL', 'ada\0@example.com'],
  ['a space', 'ada lovelace@example.com'],
  ['an open quote', '"ada@example.com'],
  ['two dots', 'ada..l@example.com'],
  ['a dot in front', '.ada@example.com'],
  ['a right-to-left override', 'ada\u202E@example.com'],
  ['a right-to-left mark in the domain', 'ada@exam\u200Fple.com'],
  ['a zero-width space', 'a\u200Bda@example.com'],
  ['a line separator', 'ada\u2028@example.com'],
  ['an IP address', 'ada@127.0.0.1'],
  ['a short IP address', 'ada@1.2'],
  ['an address literal', 'ada@[127.0.0.1]'],
  ['a percent sign in the domain', 'ada@ex%61mple.com'],
  ['an empty label', 'ada@example..com'],
  ['a dot at the end', 'ada@example.com.'],
  ['a hyphen in front of a label', 'ada@-example.com'],
  ['65 octets of local part', `${long(65)}@example.com`],
  ['a label of 64', `ada@${long(64)}.com`],
  ['321 characters', `ada@${long(317)}`],
])('%s is refused', (_, text) => {
  expect(parseAddress(text)).toBeNull();
});

test.each([
  ['Doorwright <no-reply@example.com>', { name: 'Doorwright', address: 'no-reply@example.com' }],
  ['"Acme, Inc." <id@acme.example>', { name: 'Acme, Inc.', address: 'id@acme.example' }],
  ['no-reply@example.com', { name: null, address: 'no-reply@example.com' }],
  ['Acme', null],
  ['Acme\r\nBcc: eve@evil.example <id@acme.example>', null],
  ['A <a@example.com>, B <b@example.com>', null],
])('the sender %j is read', (text, sender) => {
  expect(parseSender(text)).toEqual(sender);
});

test('a header takes any script and no control character', () => {
  expect(isHeaderText('Einladung zu „Bücher“ · دعوة · 👩‍🚀')).toBe(true);
  for (const bad of ['\r', '\n', '\t', '\0', '\u007F', '\u0085', '\u2028', '\u2029', '\uD800']) {
    expect(isHeaderText(`Hello${bad}Bcc: eve@evil.example`)).toBe(false);
  }
});
