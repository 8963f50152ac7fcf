import { parse as parseDomain } from 'tldts';

import { type Result, err, ok } from '../../lib/result.ts';
import { isLoopbackHost, readAuthority } from './authority.ts';
import { type RedirectUriFault, type RedirectUriFaultCode, redirectUriFault } from './faults.ts';
import { splitWildcard } from './wildcard.ts';

/** What the rules depend on: the kind of environment, and whether the URI is to be the default one. */
export type RedirectUriUse = { readonly kind: 'sandbox' | 'production'; readonly isDefault: boolean };

/** Long enough for any real callback, short enough for a Location header with code and state beside it. */
const maxLength = 2_000;

/**
 * Schemes a browser or the system gives a meaning of its own: they run script, read local files, or leave for
 * another app. Any other scheme is taken as a native app's (RFC 8252 7.1, which asks for a dot in it;
 * `myapp://` is common and accepted).
 */
const systemSchemes = new Set(
  (
    'javascript data vbscript livescript file filesystem blob about view-source jar resource chrome edge opera ' +
    'ws wss ftp ftps sftp ssh telnet gopher ldap ldaps mailto tel sms news nntp urn cid mid content intent android-app'
  ).split(' '),
);

/**
 * Checks a redirect URI that somebody wants to register. Returns it unchanged, for matching is by exact string,
 * or the first rule it breaks. Never throws. (RFC 6749 3.1.2, RFC 8252 7, RFC 9700 2.1; threat O-08.)
 *
 * A port wildcard (`http://127.0.0.1:*`) is accepted in production: native apps listen on a port they do not
 * know beforehand (RFC 8252 7.3) and the code never leaves the device. `http://localhost` is not.
 */
export function checkRedirectUri(uri: string, use: RedirectUriUse): Result<string, RedirectUriFault> {
  const code = checkText(uri) ?? (/^https?:/.test(uri) ? checkWeb(uri, use) : checkNative(uri));
  return code ? err(redirectUriFault(code)) : ok(uri);
}

/** The rules that hold whatever the scheme is. */
function checkText(uri: string): RedirectUriFaultCode | null {
  if (uri.length > maxLength) return 'too_long';
  if (!/^(?:[A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2})*$/.test(uri)) return 'invalid_character';
  const scheme = /^([a-z][a-z0-9+.-]*):./.exec(uri)?.[1];
  if (!scheme)
    return systemSchemes.has(uri.split(':', 1)[0]?.toLowerCase() ?? '')
      ? 'scheme_not_allowed'
      : 'not_absolute';
  if (systemSchemes.has(scheme)) return 'scheme_not_allowed';
  if (uri.includes('#')) return 'fragment';
  const [, authority = '', rest = ''] = /^(?:\/\/([^/?]*))?(.*)$/.exec(uri.slice(scheme.length + 1)) ?? [];
  if (authority.includes('@')) return 'userinfo';
  return isTraversing(rest) ? 'path_traversal' : null;
}

/** Segments are compared without their `;` parameters, as some servers resolve `..;` like `..`. */
function isTraversing(pathAndQuery: string): boolean {
  const [path = ''] = pathAndQuery.split('?', 1);
  if (/%(?:2e|5c|7f|[01][0-9a-f])/i.test(path)) return true;
  return path.split('/').some((segment) => /^\.\.?(?:;|$)/.test(segment));
}

function checkNative(uri: string): RedirectUriFaultCode | null {
  if (uri.includes('*')) return 'wildcard_misplaced';
  // Without this, `localhost:3000/cb` and `example.com:443/cb` would pass as the schemes `localhost` and `example.com`.
  if (!/^[^:]+:\//.test(uri)) return 'not_absolute';
  return URL.canParse(uri) ? null : 'invalid_host';
}

function checkWeb(uri: string, use: RedirectUriUse): RedirectUriFaultCode | null {
  if (!/^https?:\/\/[^/?]/.test(uri)) return 'not_absolute';
  if (uri.includes('*')) return checkWildcard(uri, use);
  const authority = readAuthority(uri);
  if (!authority || authority.host.endsWith('.')) return 'invalid_host';
  const needsHttps =
    use.kind === 'production' && authority.scheme === 'http' && authority.host !== '127.0.0.1';
  return needsHttps ? 'https_required' : null;
}

function checkWildcard(uri: string, use: RedirectUriUse): RedirectUriFaultCode | null {
  if (use.isDefault) return 'wildcard_default';
  if (uri.indexOf('*') !== uri.lastIndexOf('*')) return 'wildcard_repeated';
  const wildcard = splitWildcard(uri);
  if (!wildcard) return isOpenHost(uri) ? 'wildcard_public_suffix' : 'wildcard_misplaced';
  const probe = readAuthority(wildcard.prefix + (wildcard.place === 'port' ? '1' : 'w') + wildcard.suffix);
  if (!probe || probe.host.endsWith('.')) return 'invalid_host';
  const isPlainHttp = use.kind === 'production' && probe.scheme === 'http';
  if (wildcard.place === 'port') return isPlainHttp && probe.host !== '127.0.0.1' ? 'https_required' : null;
  if (isPlainHttp) return 'wildcard_http';
  return isShared(probe.host.slice(probe.host.indexOf('.') + 1)) ? 'wildcard_public_suffix' : null;
}

/** `https://*` and `https://a-*`: a wildcard in a host that has no second label. */
const isOpenHost = (uri: string): boolean =>
  /^https?:\/\/[A-Za-z0-9_-]*\*[A-Za-z0-9_-]*(?=[:/?]|$)/.test(uri);

/** True if anybody can get a name under `domain`: a public suffix, private ones like `ngrok-free.app` included. */
function isShared(domain: string): boolean {
  // Each name under localhost is this device (RFC 6761 6.3), though no suffix list knows it.
  if (isLoopbackHost(domain)) return false;
  return parseDomain(domain.toLowerCase(), { allowPrivateDomains: true }).domain === null;
}
