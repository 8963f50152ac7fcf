import { Reply } from '../operation.ts';

export interface PageOptions {
  status?: number;
  /** True for a page that frames another of ours. */
  hasFrames?: boolean;
  /** True for a page with a script of ours. */
  hasScript?: boolean;
  /** Cookies, as `Set-Cookie` takes them. */
  cookies?: readonly string[];
  /** Of a page that says that something was tried too often. */
  retryAfterSeconds?: number;
}

/** No plug-in, no script unless a page asks for its own, nothing from elsewhere; forms go to us and nobody frames us. */
const policy = [
  "default-src 'none'",
  "style-src 'self'",
  "img-src 'self' data:",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
];

/** Foreign HTML: an origin of its own without any right, framed by us alone. */
const sandbox = [
  'sandbox',
  "default-src 'none'",
  'img-src data:',
  "style-src 'unsafe-inline'",
  "form-action 'none'",
  "frame-ancestors 'self'",
  "base-uri 'none'",
];

const headers = (directives: readonly string[]): Record<string, string> => ({
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': directives.join('; '),
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
});

/** The headers that every page of ours is sent with, error pages included. */
export function pageHeaders(
  options: Pick<PageOptions, 'hasFrames' | 'hasScript'> = {},
): Record<string, string> {
  return headers([
    ...policy,
    ...(options.hasFrames ? ["frame-src 'self'"] : []),
    ...(options.hasScript ? ["script-src 'self'"] : []),
  ]);
}

/**
 * The headers of a body of which only the content type is known: those of a page when it is one. Answers hold tokens
 * and personal data: no cache keeps them (RFC 6749 5.1).
 */
export function contentHeaders(contentType: string): Record<string, string> {
  if (contentType.startsWith('text/html')) return pageHeaders();
  return { 'content-type': contentType, 'cache-control': 'no-store' };
}

/** A page of our own. */
export function page(html: string, options: PageOptions = {}): Reply {
  const { status = 200, cookies, retryAfterSeconds } = options;
  const retry = retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) };
  return new Reply(status, { ...pageHeaders(options), ...retry }, html, cookies);
}

/** HTML that somebody else wrote, shown harmless: no script, no form, no request to anywhere. */
export function sandboxedPage(html: string): Reply {
  return new Reply(200, headers(sandbox), html);
}
