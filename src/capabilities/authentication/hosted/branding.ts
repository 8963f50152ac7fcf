import type { Branding } from '../../../pages/index.ts';
import type { Reader } from '../../../platform/scope.ts';
import type { BrowserDeps } from './browser.ts';

/** How the environment looks to people. */
export function readBranding(reader: Reader, _deps: BrowserDeps): Promise<Branding> {
  const { name } = reader.environment;
  return Promise.resolve({ name, logoUrl: null, darkLogoUrl: null, styleUrl: null, appearance: 'auto' });
}
