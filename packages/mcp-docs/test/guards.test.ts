import { expect, test } from 'vitest';
import { refusalOf } from '../src/transports/guards.ts';

const allowed = { hosts: ['docs.internal'], origins: ['https://portal.example.com'] };

test.each([
  'localhost',
  'localhost:4100',
  '127.0.0.1:80',
  '[::1]:8080',
  'docs.internal',
  'docs.internal:443',
])('the host %s is served', (host) => {
  expect(refusalOf({ host }, allowed)).toBeNull();
});

test.each([
  'evil.example',
  'localhost.evil.example',
  '127.0.0.1.evil.example',
  '10.0.0.1',
  '',
  'docs.internal.evil',
])('the host "%s" is refused: a name may point here from anywhere', (host) => {
  expect(refusalOf({ host }, allowed)).toContain('--allow-host');
});

test.each([
  'https://evil.example',
  'null',
  'http://localhost.evil.example',
  'file://',
  'https://portal.example.com.evil',
])('the origin %s is refused', (origin) => {
  expect(refusalOf({ host: 'localhost', origin }, allowed)).toContain('--allow-origin');
});

test.each(['http://localhost:5173', 'https://127.0.0.1', 'https://portal.example.com'])(
  'the origin %s is served',
  (origin) => {
    expect(refusalOf({ host: 'localhost', origin }, allowed)).toBeNull();
  },
);
