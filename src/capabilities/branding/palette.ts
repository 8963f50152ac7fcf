import {
  black,
  contrastOf,
  lineContrast,
  luminanceOf,
  makeReadable,
  mixColors,
  textContrast,
  textOn,
  white,
} from '../../lib/color.ts';

/** The colours of one theme that a brand replaces, by the names of their tokens. */
export interface Palette {
  ground: string;
  surface: string;
  sunken: string;
  line: string;
  accent: string;
  'accent-hover': string;
  'accent-line': string;
  'on-accent': string;
  link: string;
}

/** What a theme has without a brand; a test holds it to the tokens of doorwright.css. */
interface Theme {
  palette: Palette;
  /** Where a colour goes to be read on the theme's surfaces. */
  toward: string;
  /** Texts that a brand does not replace and that stand on its surfaces. */
  texts: readonly string[];
  /** The edge of a field. */
  edge: string;
}

export const lightTheme: Theme = {
  palette: {
    ground: '#f8fafc',
    surface: '#ffffff',
    sunken: '#f1f5f9',
    line: '#e2e8f0',
    accent: '#4f46e5',
    'accent-hover': '#4338ca',
    'accent-line': '#4f46e5',
    'on-accent': '#ffffff',
    link: '#4338ca',
  },
  toward: black,
  texts: ['#0f172a', '#475569', '#b91c1c', '#15803d', '#92400e'],
  edge: '#64748b',
};

export const darkTheme: Theme = {
  palette: {
    ground: '#0b1120',
    surface: '#131c2e',
    sunken: '#1b263b',
    line: '#26334a',
    accent: '#4f46e5',
    'accent-hover': '#5b54ea',
    'accent-line': '#4f46e5',
    'on-accent': '#ffffff',
    link: '#a5b4fc',
  },
  toward: white,
  texts: ['#f1f5f9', '#a3b1c6', '#fca5a5', '#86efac', '#fcd34d'],
  edge: '#7688a3',
};

export interface Brand {
  primary: string | null;
  background: string | null;
  link: string | null;
}

/** The colours of a theme with a brand's in their place, and everything that follows from them. */
export function makePalette(theme: Theme, brand: Brand): Palette {
  const grounds = groundsOf(theme, brand.background);
  const accents = brand.primary === null ? {} : accentsOf(theme, brand.primary, grounds.surface);
  const link = brand.link ?? brand.primary ?? theme.palette.link;
  const { toward } = theme;
  return {
    ...theme.palette,
    ...grounds,
    ...accents,
    link: makeReadable(link, { grounds: [grounds.surface, grounds.sunken], toward, contrast: textContrast }),
  };
}

type Grounds = Pick<Palette, 'ground' | 'surface' | 'sunken' | 'line'>;

/**
 * A card on a dark page takes on the page's tint, a little lighter, as long as everything on it can still be read. On
 * any other page the card stays as it is: all text is on the card.
 */
function groundsOf(theme: Theme, background: string | null): Grounds {
  const { ground, surface, sunken, line } = theme.palette;
  const own = { ground: background ?? ground, surface, sunken, line };
  if (background === null || theme.toward !== white) return own;
  const tinted = {
    ground: background,
    surface: mixColors(background, white, 0.06),
    sunken: mixColors(background, white, 0.11),
    line: mixColors(background, white, 0.18),
  };
  return isReadable(theme, tinted) ? tinted : own;
}

const isReadable = ({ texts, edge }: Theme, { surface, sunken }: Grounds): boolean =>
  texts.every(
    (text) => contrastOf(text, surface) >= textContrast && contrastOf(text, sunken) >= textContrast,
  ) && contrastOf(edge, surface) >= lineContrast;

const hoverShare = 0.12;

function accentsOf(theme: Theme, accent: string, surface: string): Partial<Palette> {
  const text = textOn(accent);
  return {
    accent,
    'on-accent': text,
    'accent-hover': hoverOf(accent, text),
    // A white button on a white card is still seen to be one.
    'accent-line': makeReadable(accent, { grounds: [surface], toward: theme.toward, contrast: lineContrast }),
  };
}

/** Away from the text on it; what is black or white already can only come towards it, and has contrast to spare. */
function hoverOf(accent: string, text: string): string {
  const away = text === white ? black : white;
  const hasRoom = Math.abs(luminanceOf(accent) - luminanceOf(away)) > 0.02;
  return mixColors(accent, hasRoom ? away : text, hoverShare);
}
