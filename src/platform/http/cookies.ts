/**
 * Reads one cookie of a Cookie header (RFC 6265 5.4).
 * @returns its value as sent, or null without such a cookie
 */
export function readCookie(header: string | undefined, name: string): string | null {
  for (const pair of header?.split(';') ?? []) {
    const split = pair.indexOf('=');
    if (split !== -1 && pair.slice(0, split).trim() === name) return pair.slice(split + 1).trim();
  }
  return null;
}

export interface CookieOptions {
  /** Seconds; a cookie without lives as long as the browser. 0 deletes it. */
  maxAgeSeconds?: number;
  /** False only over plain HTTP, which is development at a loopback address. */
  isSecure: boolean;
  /** True for a cookie that not even links from other sites carry (`SameSite=Strict`). */
  isStrict?: boolean;
}

/**
 * Writes a Set-Cookie value for the whole host that scripts cannot read and other sites' requests do not carry
 * (`SameSite=Lax`: links to us do). Over HTTPS the name gets the prefix `__Host-` (RFC 6265bis 4.1.3.2).
 */
export function writeCookie(name: string, value: string, options: CookieOptions): string {
  const sameSite = options.isStrict === true ? 'SameSite=Strict' : 'SameSite=Lax';
  const parts = [`${cookieName(name, options.isSecure)}=${value}`, 'Path=/', 'HttpOnly', sameSite];
  return [...parts, ...lifeOf(options)].join('; ');
}

/**
 * Writes a Set-Cookie value that scripts of a whole site can read: it says something, and is worth nothing.
 * @param domain the site; null for the host alone
 */
export function writeOpenCookie(
  name: string,
  value: string,
  options: CookieOptions & { domain: string | null },
): string {
  const parts = [`${name}=${value}`, 'Path=/', 'SameSite=Lax'];
  if (options.domain !== null) parts.push(`Domain=${options.domain}`);
  return [...parts, ...lifeOf(options)].join('; ');
}

function lifeOf({ isSecure, maxAgeSeconds }: CookieOptions): string[] {
  return [
    ...(isSecure ? ['Secure'] : []),
    ...(maxAgeSeconds === undefined ? [] : [`Max-Age=${maxAgeSeconds}`]),
  ];
}

/** The name under which `writeCookie` keeps a cookie. */
export const cookieName = (name: string, isSecure: boolean): string => (isSecure ? `__Host-${name}` : name);
