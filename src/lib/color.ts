/** Colours as `#rrggbb`, and how well one can be read on another (WCAG 2.2, "contrast ratio"). */

/** The least contrast of text with what it stands on (WCAG 2.2, 1.4.3). */
export const textContrast = 4.5;
/** The least contrast of a line that shows where something is (WCAG 2.2, 1.4.11). */
export const lineContrast = 3;

export const black = '#000000';
export const white = '#ffffff';

type Channels = readonly [red: number, green: number, blue: number];

function channelsOf(color: string): Channels {
  const [, red, green, blue] = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(color) ?? [];
  if (red === undefined || green === undefined || blue === undefined)
    throw new Error(`${color} is no colour`);
  return [parseInt(red, 16), parseInt(green, 16), parseInt(blue, 16)];
}

/** From 0 for black to 1 for white (WCAG 2.2, "relative luminance"). */
export function luminanceOf(color: string): number {
  const [red, green, blue] = channelsOf(color);
  return 0.2126 * linearize(red) + 0.7152 * linearize(green) + 0.0722 * linearize(blue);
}

function linearize(channel: number): number {
  const part = channel / 255;
  return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
}

/** From 1 for the same to 21 for black on white; the order does not matter. */
export function contrastOf(one: string, other: string): number {
  const [low = 0, high = 0] = [luminanceOf(one), luminanceOf(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

/** The first colour with a share of the second: 0 is all of the first, 1 all of the second. */
export function mixColors(first: string, second: string, share: number): string {
  const [from, to] = [channelsOf(first), channelsOf(second)];
  const mixed = from.map((channel, index) => Math.round(channel + ((to[index] ?? 0) - channel) * share));
  return `#${mixed.map((channel) => channel.toString(16).padStart(2, '0')).join('')}`;
}

/** White where it can be read on the colour, or else black: one of them always can. */
export const textOn = (color: string): string => (contrastOf(color, white) >= textContrast ? white : black);

const steps = 50;

/**
 * The colour itself, or the nearest to it on the way to `toward` that has the contrast with each of the grounds.
 * Answers `toward` when none has.
 */
export function makeReadable(
  color: string,
  { grounds, toward, contrast }: { grounds: readonly string[]; toward: string; contrast: number },
): string {
  for (let step = 0; step < steps; step += 1) {
    const candidate = mixColors(color, toward, step / steps);
    if (grounds.every((ground) => contrastOf(candidate, ground) >= contrast)) return candidate;
  }
  return toward;
}
