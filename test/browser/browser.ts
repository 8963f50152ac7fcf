import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const places = ['/usr/bin/chromium', '/usr/bin/chromium-browser'];

/** Where the browser is, or null. */
export const chromiumPath: string | null = places.find((path) => existsSync(path)) ?? null;

/** Starts Chromium without a window and without calls to its maker. */
export function launchBrowser(): Promise<Browser> {
  if (chromiumPath === null)
    throw new Error(`No browser at ${places.join(' or ')}: apt-get install chromium.`);
  return chromium.launch({
    executablePath: chromiumPath,
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

/** Desktop and the narrowest phone, in both colour schemes. */
export const looks = [1280, 320].flatMap((width) =>
  (['light', 'dark'] as const).map((colorScheme) => ({ width, colorScheme })),
);
