/** Who may talk to the HTTP server besides programs and pages of this machine. */
export type Allowed = { readonly hosts: readonly string[]; readonly origins: readonly string[] };

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/**
 * Says why a request is refused, or null. A web page of anywhere can make a browser send requests here: through a name
 * that it points at this machine (then `Host` is that name) or directly (then `Origin` is that page).
 */
export function refusalOf(
  headers: { host?: string | undefined; origin?: string | undefined },
  allowed: Allowed,
): string | null {
  const host = headers.host?.toLowerCase() ?? '';
  const isKnownHost =
    LOOPBACK.test(nameOf(host)) || allowed.hosts.some((one) => one === host || one === nameOf(host));
  if (!isKnownHost) return 'This host name is not served: allow it with --allow-host.';
  if (headers.origin === undefined) return null;
  const origin = headers.origin.toLowerCase();
  const isLocal = /^https?:\/\//.test(origin) && LOOPBACK.test(nameOf(origin.replace(/^https?:\/\//, '')));
  if (isLocal || allowed.origins.includes(origin)) return null;
  return 'This origin is not served: allow it with --allow-origin.';
}

/** A host without its port. */
function nameOf(host: string): string {
  return host.replace(/:\d+$/, '');
}
