/** The host and port of an http(s) URI, exactly as its text spells them. */
export type Authority = {
  readonly scheme: 'http' | 'https';
  /** As written: upper case kept, IPv6 in brackets. */
  readonly host: string;
  /** As written, or null when the text has no port. */
  readonly port: string | null;
  /** What follows the authority: empty, or beginning with `/`, `?` or `#`. */
  readonly rest: string;
};

// No userinfo, backslash, whitespace or non-ASCII can match; a fixed pattern, never built from input.
const shape = /^(https?):\/\/([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::([0-9]{1,5}))?(?=[/?#]|$)/;

/**
 * Reads the authority of an http(s) URI from its text and checks that the WHATWG parser, which is what a browser
 * uses, goes to that very host and port. Returns null when the text is not such a URI or the two readings differ
 * (`http://2130706433/`, `http://a\@b/`, `http://é.example/`, `http://[0::1]/`, port `080`). Never throws.
 */
export function readAuthority(uri: string): Authority | null {
  const match = shape.exec(uri);
  const scheme = match?.[1];
  const host = match?.[2];
  if (!match || !host || (scheme !== 'http' && scheme !== 'https') || !URL.canParse(uri)) return null;
  const port = match[3] ?? null;
  const url = new URL(uri);
  const defaultPort = scheme === 'http' ? '80' : '443';
  const agrees =
    url.protocol === `${scheme}:` &&
    url.hostname === host.toLowerCase() &&
    (url.port || defaultPort) === (port ?? defaultPort) &&
    port !== '0' &&
    url.username === '' &&
    url.password === '';
  return agrees ? { scheme, host, port, rest: uri.slice(match[0].length) } : null;
}

/** True for `localhost`, 127.0.0.0/8 and `[::1]`; takes a host that `readAuthority` accepted. */
export function isLoopbackHost(host: string): boolean {
  return /^(?:localhost|127(?:\.[0-9]{1,3}){3}|\[::1\])$/i.test(host);
}
