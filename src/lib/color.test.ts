import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  black,
  contrastOf,
  luminanceOf,
  makeReadable,
  mixColors,
  textContrast,
  textOn,
  white,
} from './color.ts';

const color = fc.integer({ min: 0, max: 0xffffff }).map((value) => `#${value.toString(16).padStart(6, '0')}`);

// Ratios as other tools give them, rounded down to two places.
test.each([
  [black, white, 21],
  ['#777777', white, 4.47],
  ['#767676', white, 4.54],
  ['#4f46e5', white, 6.28],
  ['#ff0000', white, 3.99],
  ['#ffff00', white, 1.07],
  ['#0000ff', black, 2.44],
])('%s and %s have the contrast %d', (one, other, ratio) => {
  expect(Math.floor(contrastOf(one, other) * 100) / 100).toBe(ratio);
  expect(contrastOf(other, one)).toBe(contrastOf(one, other));
});

test('luminance goes from 0 to 1', () => {
  expect([luminanceOf(black), luminanceOf(white)]).toEqual([0, 1]);
});

test('a mixture goes from one colour to the other', () => {
  expect([0, 0.5, 1].map((share) => mixColors('#102030', white, share))).toEqual([
    '#102030',
    '#889098',
    white,
  ]);
});

test.each(['#fff', 'red', '#12345g', '#1234567', 'url(#a)', ''])('%j is no colour', (text) => {
  expect(() => luminanceOf(text)).toThrow('is no colour');
});

test('on every colour its text can be read', () => {
  fc.assert(
    fc.property(color, (ground) => {
      expect(contrastOf(textOn(ground), ground)).toBeGreaterThanOrEqual(textContrast);
    }),
    { numRuns: 2_000 },
  );
});

test('what can be read already stays as it is, and what can not is made so', () => {
  fc.assert(
    fc.property(color, fc.boolean(), (wanted, isLight) => {
      const [ground, toward] = isLight ? [white, black] : [black, white];
      const made = makeReadable(wanted, { grounds: [ground], toward, contrast: textContrast });
      expect(contrastOf(made, ground)).toBeGreaterThanOrEqual(textContrast);
      if (contrastOf(wanted, ground) >= textContrast) expect(made).toBe(wanted);
    }),
    { numRuns: 2_000 },
  );
});
