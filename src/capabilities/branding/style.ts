import type { CornerRadius, Look } from './contract.ts';
import { type Palette, darkTheme, lightTheme, makePalette } from './palette.ts';

const radii: Readonly<Record<CornerRadius, readonly [control: number, card: number]>> = {
  none: [0, 0],
  small: [4, 6],
  medium: [8, 12],
  large: [16, 24],
};

/** The tokens of doorwright.css that a look replaces, as a style sheet; null when it replaces none. */
export function writeStyle(look: Look): string | null {
  const light = { primary: look.primary_color, background: look.background_color, link: look.link_color };
  const dark = {
    primary: look.primary_color_dark ?? look.primary_color,
    background: look.background_color_dark,
    link: look.link_color_dark ?? look.link_color,
  };
  const hasColors = [...Object.values(light), ...Object.values(dark)].some((color) => color !== null);
  if (!hasColors && look.corner_radius === 'medium') return null;
  const [control, card] = radii[look.corner_radius];
  const colors = hasColors ? pairs(makePalette(lightTheme, light), makePalette(darkTheme, dark)) : [];
  return [':root {', ...colors, `  --radius: ${control}px;`, `  --radius-card: ${card}px;`, '}', ''].join(
    '\n',
  );
}

const pairs = (light: Palette, dark: Palette): string[] =>
  Object.entries(light).map(
    ([token, color]) => `  --${token}: light-dark(${color}, ${dark[token as keyof Palette]});`,
  );
