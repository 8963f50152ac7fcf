import { readSettings, updateSettings, urlSettings } from '../capabilities/environments/index.ts';
import type { Tx } from '../platform/transaction.ts';
import { sampleOriginAt, samplePages, samplePorts } from './defaults.ts';

/**
 * Leads the pages that end a way of ours (a password that was reset, an expired sign-in) to the sample application.
 * An address that somebody has set stays, unless it is where the sample was before.
 */
export async function provideSampleUrls(tx: Tx, origin: string): Promise<void> {
  const current = await readSettings(tx, urlSettings);
  const wanted = urlsOf(origin);
  const earlier = samplePorts.map((port) => urlsOf(sampleOriginAt(port)));
  const changes = Object.entries(wanted).filter(([name, url]) => {
    const key = name as keyof typeof wanted;
    const isOurs = current[key] === null || earlier.some((urls) => urls[key] === current[key]);
    return isOurs && current[key] !== url;
  });
  if (changes.length > 0) await updateSettings(tx, { urls: Object.fromEntries(changes) });
}

function urlsOf(origin: string) {
  const { home, signIn, signUp } = samplePages(origin);
  return { app_homepage_url: home, sign_in_url: signIn, sign_up_url: signUp };
}
