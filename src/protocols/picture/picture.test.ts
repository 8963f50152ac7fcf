import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { makeAvif, makeGif, makeIco, makeJpeg, makePng, makeSvg, makeWebp } from '../../../test/pictures.ts';
import { readPicture } from './index.ts';

const read = (bytes: Uint8Array) => {
  const result = readPicture(bytes);
  return result.ok ? result.value : result.error;
};

test.each([
  ['png', makePng(320, 200)],
  ['gif', makeGif(320, 200)],
  ['jpeg', makeJpeg(320, 200)],
  ['webp', makeWebp.lossy(320, 200)],
  ['webp', makeWebp.lossless(320, 200)],
  ['webp', makeWebp.extended(320, 200)],
  ['avif', makeAvif(320, 200)],
])('%s is known by its beginning, with its size', (format, bytes) => {
  expect(read(bytes)).toEqual({ format, size: { width: 320, height: 200 } });
});

test('an icon is as large as its largest picture', () => {
  expect(read(makeIco(16, 48, 32))).toEqual({ format: 'ico', size: { width: 48, height: 48 } });
  expect(read(makeIco(16, 256))).toEqual({ format: 'ico', size: { width: 256, height: 256 } });
});

const svg = makeSvg().toString();

test.each([
  svg,
  `\uFEFF${svg}`,
  `<?xml version="1.0" encoding="UTF-8"?>\n<!-- made by hand -->\n<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "svg11.dtd">\n${svg}`,
  `<svg\n  xmlns='http://www.w3.org/2000/svg'/>`,
])('%s is a drawing', (text) => {
  expect(read(Buffer.from(text))).toEqual({ format: 'svg', size: null });
});

test.each([
  ['nothing', ''],
  ['text', 'logo'],
  ['HTML', '<!doctype html><script>alert(1)</script>'],
  ['HTML with a drawing in it', `<html>${svg}</html>`],
  ['an element whose name begins alike', `<svgx xmlns="http://www.w3.org/2000/svg"/>`],
  ['a drawing without its namespace', '<svg></svg>'],
  ['a drawing with entities', `<!DOCTYPE svg [<!ENTITY a "aaaa">]>${svg}`],
  ['a comment without an end', `<!-- ${svg}`],
  ['a style sheet', ':root { --accent: red }'],
  ['a script', 'alert(1)'],
  ['PDF', '%PDF-1.7'],
])('%s is no picture', (_, text) => {
  expect(read(Buffer.from(text))).toBe('unrecognized');
});

test('a drawing in UTF-16 is no picture: its markup would be read twice in two ways', () => {
  expect(read(Buffer.from(`\uFEFF${svg}`, 'utf16le'))).toBe('unrecognized');
});

test('a picture without extent is none', () => {
  expect([makePng(0, 10), makeGif(10, 0), makeJpeg(0, 0)].map(read)).toEqual(
    Array.from({ length: 3 }, () => 'unrecognized'),
  );
});

const whole = [makePng(40, 40), makeGif(40, 40), makeJpeg(40, 40), makeAvif(40, 40), makeIco(40), makeSvg()];

test('whatever the bytes are, and wherever they end, an answer is given', () => {
  const cut = fc
    .tuple(fc.constantFrom(...whole), fc.nat({ max: 200 }), fc.uint8Array({ maxLength: 40 }))
    .map(([bytes, length, rest]) => Buffer.concat([bytes.subarray(0, length), rest]));
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 200 }), cut), (bytes) => {
      expect(() => readPicture(bytes)).not.toThrow();
    }),
    { numRuns: 3_000 },
  );
});

test('100 kB of comments are read in one pass', () => {
  const started = performance.now();
  expect(read(Buffer.from('<!---->'.repeat(14_000)))).toBe('unrecognized');
  expect(read(Buffer.from('<?'.repeat(50_000)))).toBe('unrecognized');
  expect(performance.now() - started).toBeLessThan(500);
});
