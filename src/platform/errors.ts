/** The one error a caller can act on, and the shape each protocol gives it. */

export interface FieldError {
  code: string;
  field: string;
  message: string;
}

export interface ApiErrorOptions {
  status: number;
  /** For the caller: says what to do, holds no secret and no internal name. */
  message: string;
  /** For the log only. */
  detail?: string;
  errors?: readonly object[];
  /** Further documented fields of the body, for example `entity_id`. */
  fields?: Readonly<Record<string, unknown>>;
  headers?: Readonly<Record<string, string>>;
  /** As `Set-Cookie` takes them, each a header of its own. */
  cookies?: readonly string[];
  /** Where a documented error of an operation has another shape than the rest of them. Pages stay pages. */
  protocol?: Protocol;
}

/** Thrown by verbs and by the frame; the frame answers it in the shape of the operation's protocol. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  readonly detail: string | undefined;
  readonly errors: readonly object[] | undefined;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly cookies: readonly string[];
  readonly protocol: Protocol | undefined;

  constructor(
    readonly code: string,
    options: ApiErrorOptions,
  ) {
    super(options.message);
    this.status = options.status;
    this.detail = options.detail;
    this.errors = options.errors;
    this.fields = options.fields ?? {};
    this.headers = options.headers ?? {};
    this.cookies = options.cookies ?? [];
    this.protocol = options.protocol;
  }

  /** The same error, answered with cookies. */
  withCookies(cookies: readonly string[]): ApiError {
    const { status, message, detail, errors, fields, headers, protocol } = this;
    return new ApiError(this.code, {
      status,
      message,
      fields,
      headers,
      cookies,
      ...(detail === undefined ? {} : { detail }),
      ...(errors === undefined ? {} : { errors }),
      ...(protocol === undefined ? {} : { protocol }),
    });
  }
}

/** 404 for an object that does not exist, or that belongs to another environment: the two look alike. */
export function notFound(type: string, id: string): ApiError {
  return new ApiError('entity_not_found', {
    status: 404,
    message: `${type} not found: '${id}'.`,
    fields: { entity_id: id },
  });
}

/** 422 with one entry per field at fault. */
export function validationFailed(errors: readonly FieldError[]): ApiError {
  return new ApiError('validation_failed', { status: 422, message: 'Validation failed.', errors });
}

/** An error in the words of OAuth: `{error, error_description}` (RFC 6749 5.2). */
export function oauthError(
  code: string,
  description: string,
  options: Partial<Pick<ApiErrorOptions, 'status' | 'fields' | 'detail' | 'headers'>> = {},
): ApiError {
  return new ApiError(code, { status: 400, ...options, message: description, protocol: 'oauth' });
}

/** 422 about one field. */
export function invalidField(field: string, code: string, message: string): ApiError {
  return validationFailed([{ code, field, message }]);
}

/** 401: no credential, or one that is not valid. The two look alike. */
export const unauthorized = (): ApiError =>
  new ApiError('unauthorized', {
    status: 401,
    message: 'Unauthorized. Send a valid key as `Authorization: Bearer sk_...`.',
    headers: { 'www-authenticate': 'Bearer' },
  });

/** 403: the credential is valid and may not do this. */
export const forbidden = (message: string): ApiError => new ApiError('forbidden', { status: 403, message });

/** 503 while the database or another part that we need cannot be reached. */
export const unavailable = (detail: string): ApiError =>
  new ApiError('service_unavailable', {
    status: 503,
    message: 'The service is temporarily unavailable. Try again in a moment.',
    detail,
    headers: { 'retry-after': '1' },
  });

/** 429 with the seconds until the next attempt can succeed. */
export const rateLimited = (retryAfterSeconds: number): ApiError =>
  new ApiError('rate_limit_exceeded', {
    status: 429,
    message: 'Too many requests. Wait for the seconds in Retry-After and try again.',
    headers: { 'retry-after': String(retryAfterSeconds) },
  });

export const protocols = ['api', 'oauth', 'vault', 'scim', 'page', 'saml'] as const;
export type Protocol = (typeof protocols)[number];

export interface ShapedError {
  contentType: string;
  body: string;
}

/** Writes an error in the words of its protocol (DESIGN "errors by protocol"). */
export function shapeError(error: ApiError, protocol: Protocol, requestId: string): ShapedError {
  const isPage = protocol === 'page' || protocol === 'saml';
  const shape = shapes[isPage ? protocol : (error.protocol ?? protocol)];
  return shape(error, requestId);
}

type Shape = (error: ApiError, requestId: string) => ShapedError;

const json = (body: object, contentType = 'application/json'): ShapedError => ({
  contentType,
  body: JSON.stringify(body),
});

const shapes: Record<Protocol, Shape> = {
  api: (error) =>
    json({
      message: error.message,
      code: error.code,
      ...(error.errors ? { errors: error.errors } : {}),
      ...error.fields,
    }),
  oauth: (error) =>
    error.status === 401
      ? json({ message: error.message, code: error.code, ...error.fields })
      : json({ error: error.code, error_description: error.message, ...error.fields }),
  vault: (error) => json({ error: error.message }),
  // RFC 7644 3.12
  scim: (error) =>
    json(
      {
        schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
        status: String(error.status),
        detail: error.message,
        ...(typeof error.fields['scimType'] === 'string' ? { scimType: error.fields['scimType'] } : {}),
      },
      'application/scim+json',
    ),
  page: errorPage,
  saml: errorPage,
};

/** Bare of the page frame, which lies further out; the stylesheet is the same. */
function errorPage(error: ApiError, requestId: string): ShapedError {
  const title = pageTitle(error.status);
  const body = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} · Doorwright</title>
<link rel="icon" href="/_assets/mark.svg" type="image/svg+xml">
<link rel="stylesheet" href="/_assets/doorwright.css">
</head>
<body class="notice">
<main>
<img src="/_assets/mark.svg" alt="" width="40" height="40">
<p class="notice-status">${error.status}</p>
<h1>${title}</h1>
<p>${escapeHtml(error.message)}</p>
<p class="muted">Request <code>${escapeHtml(requestId)}</code></p>
</main>
</body>
</html>
`;
  return { contentType: 'text/html; charset=utf-8', body };
}

function pageTitle(status: number): string {
  if (status >= 500) return 'Something went wrong';
  if (status === 429) return 'Too many requests';
  return status === 404 ? 'Not found' : 'This page cannot be shown';
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
