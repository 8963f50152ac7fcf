/** A URI with one `*`: the text before it, the text after it, and what it stands for. */
export type Wildcard = { readonly place: 'label' | 'port'; readonly prefix: string; readonly suffix: string };

/**
 * Splits a registered URI at its `*`. Returns null unless there is exactly one and it stands in the left-most
 * label of an http(s) host with at least one more label, or as the port of a loopback host. Never throws.
 */
export function splitWildcard(registered: string): Wildcard | null {
  const at = registered.indexOf('*');
  if (at === -1 || at !== registered.lastIndexOf('*')) return null;
  const prefix = registered.slice(0, at);
  const suffix = registered.slice(at + 1);
  if (
    /^https?:\/\/(?:localhost|127(?:\.[0-9]{1,3}){3}|\[::1\]):$/i.test(prefix) &&
    /^(?:$|[/?])/.test(suffix)
  ) {
    return { place: 'port', prefix, suffix };
  }
  if (/^https?:\/\/[A-Za-z0-9_-]*$/.test(prefix) && /^[A-Za-z0-9_-]*\.[A-Za-z0-9]/.test(suffix)) {
    return { place: 'label', prefix, suffix };
  }
  return null;
}

/**
 * True if `candidate` is `wildcard` with its `*` filled in: 1-63 characters of `A-Z a-z 0-9 _ -`, never a dot,
 * for a label; 1 to 65535 without leading zeros for a port. A candidate without port does not match a port
 * wildcard: it means port 80, which only an administrator of the device can listen on.
 */
export function fillsWildcard(candidate: string, { place, prefix, suffix }: Wildcard): boolean {
  const length = candidate.length - prefix.length - suffix.length;
  if (length < 1 || !candidate.startsWith(prefix) || !candidate.endsWith(suffix)) return false;
  const filling = candidate.slice(prefix.length, prefix.length + length);
  if (place === 'port') return /^[1-9][0-9]{0,4}$/.test(filling) && Number(filling) <= 65_535;
  return /^[A-Za-z0-9_-]{1,63}$/.test(filling);
}
