import { messagePage } from './pages.mjs';

/** No script at all, and forms lead to the application and, by way of it, to Doorwright. */
export function setHeaders(apiOrigin) {
  const policy = [
    "default-src 'none'",
    "style-src 'self'",
    "img-src 'self'",
    `form-action 'self' ${apiOrigin}`,
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
  return (request, response, next) => {
    response.set({
      'content-security-policy': policy,
      'referrer-policy': 'same-origin',
      'x-content-type-options': 'nosniff',
    });
    next();
  };
}

/** Browsers say where a POST comes from. With the cookies' SameSite, this keeps other sites' forms out (CSRF). */
export function refuseOtherSites(origin) {
  return (request, response, next) => {
    if (request.method === 'GET' || request.method === 'HEAD' || request.headers.origin === origin)
      return next();
    const text = 'It did not come from a page of this application.';
    response.status(403).send(messagePage('This request was refused', text, '/'));
  };
}
