import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { contrastOf, lineContrast, textContrast } from '../../lib/color.ts';
import { darkTheme, lightTheme, makePalette } from './palette.ts';

const color = fc.integer({ min: 0, max: 0xffffff }).map((value) => `#${value.toString(16).padStart(6, '0')}`);
const maybe = fc.option(color);
const brand = fc.record({ primary: maybe, background: maybe, link: maybe });
const themes = [
  ['light', lightTheme],
  ['dark', darkTheme],
] as const;

test.each(themes)('whatever the brand, everything can be read on the %s theme', (_, theme) => {
  fc.assert(
    fc.property(brand, (wanted) => {
      const palette = makePalette(theme, wanted);
      const read = (text: string, ground: string, least: number) =>
        expect(contrastOf(text, ground), `${text} on ${ground}`).toBeGreaterThanOrEqual(least);
      read(palette['on-accent'], palette.accent, textContrast);
      read(palette['on-accent'], palette['accent-hover'], textContrast);
      for (const ground of [palette.surface, palette.sunken]) {
        read(palette.link, ground, textContrast);
        for (const text of theme.texts) read(text, ground, textContrast);
      }
      read(theme.edge, palette.surface, lineContrast);
      // The line around a button of Doorwright's own colour is that of the style sheet.
      if (wanted.primary !== null) read(palette['accent-line'], palette.surface, lineContrast);
    }),
    { numRuns: 3_000 },
  );
});

test('a colour that can be read is taken as it is', () => {
  const wanted = { primary: '#0f766e', background: '#f0fdfa', link: '#115e59' };
  expect(makePalette(lightTheme, wanted)).toMatchObject({
    accent: '#0f766e',
    ground: '#f0fdfa',
    link: '#115e59',
    surface: '#ffffff',
  });
});

test('the button is seen to be under the pointer, whatever its colour', () => {
  fc.assert(
    fc.property(color, (primary) => {
      const palette = makePalette(lightTheme, { primary, background: null, link: null });
      expect(palette['accent-hover']).not.toBe(palette.accent);
    }),
  );
});

test('a card on a dark page has its tint, and keeps its own on any other', () => {
  const surfaceOn = (background: string) =>
    makePalette(darkTheme, { primary: null, background, link: null }).surface;
  expect(surfaceOn('#18181b')).toBe('#262629');
  expect(surfaceOn('#ffffff')).toBe(darkTheme.palette.surface);
});

test('without a brand the colours are those of the style sheet', () => {
  const css = readFileSync('src/pages/assets/doorwright.css', 'utf8');
  const pairs = new Map(
    [...css.matchAll(/--([\w-]+): light-dark\((#\w+), (#\w+)\);/g)].map(([, token = '', ...pair]) => [
      token,
      pair.map((text) => (text.length === 4 ? text.replace(/\w/g, '$&$&') : text)),
    ]),
  );
  pairs.set('accent-line', pairs.get('accent') ?? []);
  for (const token of Object.keys(lightTheme.palette) as (keyof typeof lightTheme.palette)[]) {
    expect([lightTheme.palette[token], darkTheme.palette[token]], token).toEqual(pairs.get(token));
  }
  const tokens = ['ink', 'ink-muted', 'danger', 'success', 'warning'];
  const texts = (side: 0 | 1) => tokens.map((token) => pairs.get(token)?.[side]);
  expect([lightTheme.texts, darkTheme.texts]).toEqual([texts(0), texts(1)]);
  expect([lightTheme.edge, darkTheme.edge]).toEqual(pairs.get('line-strong'));
});
