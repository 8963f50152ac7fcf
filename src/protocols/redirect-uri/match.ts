import { readAuthority } from './authority.ts';
import { fillsWildcard, splitWildcard } from './wildcard.ts';

/**
 * True if `candidate`, the redirect_uri of a request, is the registered one: the same string, character for
 * character (RFC 9700 4.1.3), or the registered string with its `*` filled in. Nothing is normalised, decoded or
 * compiled to a pattern. A candidate that a browser would take elsewhere than its text says never matches, even
 * against itself. Never throws.
 */
export function matchesRedirectUri(registered: string, candidate: string): boolean {
  const wildcard = registered.includes('*') ? splitWildcard(registered) : null;
  const isSame = wildcard ? fillsWildcard(candidate, wildcard) : candidate === registered;
  return isSame && isPlain(candidate);
}

/**
 * The registered URI that `candidate` matches, an exact one before a wildcard, or null when there is none.
 * Linear in the list. Never throws.
 */
export function findRedirectUri(registered: readonly string[], candidate: string): string | null {
  if (registered.includes(candidate) && matchesRedirectUri(candidate, candidate)) return candidate;
  return registered.find((uri) => matchesRedirectUri(uri, candidate)) ?? null;
}

/** No second reading: no character that parsers disagree about, and host and port where the text shows them. */
function isPlain(candidate: string): boolean {
  if (!/^[!-~]+$/.test(candidate) || /[\\#*]/.test(candidate)) return false;
  return /^https?:/i.test(candidate) ? readAuthority(candidate) !== null : URL.canParse(candidate);
}
