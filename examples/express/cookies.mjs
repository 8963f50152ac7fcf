import { createHmac, timingSafeEqual } from 'node:crypto';

/**
 * The two cookies of the application. Script can't read them, other sites can't send them along with a POST, and over
 * HTTPS the prefix `__Host-` keeps other hosts of the same domain from setting them.
 */
export function createCookies({ isSecure, cookiePassword }) {
  const prefix = isSecure ? '__Host-' : '';
  const options = { httpOnly: true, sameSite: 'lax', secure: isSecure, path: '/' };
  const sign = (text) => createHmac('sha256', cookiePassword).update(`sign-in:${text}`).digest('base64url');
  const define = (name, maxAge) => ({
    read: (request) => readCookie(request, prefix + name),
    write: (response, value) => response.cookie(prefix + name, value, { ...options, maxAge }),
    clear: (response) => response.clearCookie(prefix + name, options),
  });
  const signIn = define('sign-in', 10 * 60_000);
  return {
    /** Sealed by the SDK. How long the session lives is Doorwright's decision, not the cookie's. */
    session: define('session', 30 * 86_400_000),
    /** What a sign-in that has begun must come back with, signed and valid for ten minutes. */
    signIn: {
      ...signIn,
      write(response, values) {
        const text = JSON.stringify({ ...values, expiresAt: Date.now() + 10 * 60_000 });
        const payload = Buffer.from(text).toString('base64url');
        signIn.write(response, `${payload}.${sign(payload)}`);
      },
      read(request) {
        const [payload, signature = ''] = signIn.read(request).split('.');
        if (!isSame(signature, sign(payload))) return null;
        const values = JSON.parse(Buffer.from(payload, 'base64url').toString());
        return values.expiresAt > Date.now() ? values : null;
      },
    },
  };
}

function readCookie(request, name) {
  const pairs = (request.headers.cookie ?? '').split('; ').map((pair) => pair.split(/=(.*)/s));
  return pairs.find(([key]) => key === name)?.[1] ?? '';
}

/** Compares without telling, by the time it takes, how much was right. */
export function isSame(a, b) {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
