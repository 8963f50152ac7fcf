/** Sentences for people: what is wrong with a redirect URI, and what to write instead. */
const redirectUriMessages = {
  too_long: 'A redirect URI may have at most 2,000 characters.',
  invalid_character:
    'A redirect URI may contain only the characters of RFC 3986: no spaces, backslashes, control characters or non-ASCII letters.',
  not_absolute:
    'A redirect URI must be absolute: a scheme in lower-case letters, a colon, and a destination.',
  scheme_not_allowed:
    'This scheme cannot receive a sign-in. Use https, or a scheme that belongs to your app.',
  fragment: 'A redirect URI must not have a fragment (#).',
  userinfo: 'A redirect URI must not contain a user name or password.',
  invalid_host:
    'The host or port is not written in its plain form. Write international names as xn--, addresses in full.',
  path_traversal:
    'The path must not contain "." or ".." segments, or an encoded dot, backslash or control character.',
  https_required: 'In production a redirect URI must use https; http is allowed only for http://127.0.0.1.',
  wildcard_repeated: 'A redirect URI may contain only one "*".',
  wildcard_misplaced:
    'The "*" may stand only in the left-most label of the host, or as the port of localhost or a loopback address.',
  wildcard_http: 'In production a redirect URI with "*" in its host must use https.',
  wildcard_public_suffix: 'The "*" would cover a domain in which anybody can get a name.',
  wildcard_default: 'The default redirect URI must not contain a "*".',
} as const;

/** Sentences for people: what is wrong with a CORS origin. */
const originMessages = {
  null_origin: 'The origin "null" is sent by sandboxed and local pages of anybody and cannot be allowed.',
  wildcard: 'An origin must name one host: "*" is not allowed.',
  scheme_not_allowed: 'An origin must begin with https:// or http://.',
  userinfo: 'An origin must not contain a user name or password.',
  not_an_origin: 'An origin is a scheme, a host and an optional port, without a path, query or final slash.',
  invalid_host:
    'The host or port is not written in its plain form. Write international names as xn--, addresses in full.',
  https_required:
    'In production an origin must use https, unless its host is localhost or a loopback address.',
} as const;

export type RedirectUriFaultCode = keyof typeof redirectUriMessages;
export type RedirectUriFault = { readonly code: RedirectUriFaultCode; readonly message: string };

export type OriginFaultCode = keyof typeof originMessages;
export type OriginFault = { readonly code: OriginFaultCode; readonly message: string };

/** Gives the fault of a redirect URI its sentence. */
export const redirectUriFault = (code: RedirectUriFaultCode): RedirectUriFault => ({
  code,
  message: redirectUriMessages[code],
});

/** Gives the fault of an origin its sentence. */
export const originFault = (code: OriginFaultCode): OriginFault => ({ code, message: originMessages[code] });
