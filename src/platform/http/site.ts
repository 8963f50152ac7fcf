import { getDomain } from 'tldts';

/**
 * The name that all hosts of a site have in common: the registrable domain, by the public suffix list.
 * @param host a name or an IP address, without port
 * @returns null for a host that is a site by itself: an address, a single label such as `localhost`, a public suffix
 */
export const siteOf = (host: string): string | null => getDomain(host, { allowPrivateDomains: true });

/**
 * True for two origins of one site ("schemefully same-site", HTML 7.1.1.2): a browser sends cookies of one to it from
 * pages of the other, and port and subdomain make no difference.
 * @param one an origin, such as `https://app.example.com`
 * @param other likewise; false for anything that is no origin
 */
export function isSameSite(one: string, other: string): boolean {
  if (!URL.canParse(one) || !URL.canParse(other)) return false;
  const [first, second] = [new URL(one), new URL(other)];
  if (first.protocol !== second.protocol) return false;
  const site = siteOf(first.hostname);
  return first.hostname === second.hostname || (site !== null && site === siteOf(second.hostname));
}
