/** Why an outbound request failed. Closed: callers may switch on it. */
export type OutboundCode = keyof typeof reasons;

const reasons = {
  invalid_url: 'is not an http or https URL without a user name',
  invalid_request: 'was given a method or header that cannot be sent',
  blocked_address: 'leads to an address that this server does not send requests to',
  name_not_found: 'has a name that could not be resolved',
  connection_failed: 'could not be reached, or closed the connection',
  tls_failed: 'could not be reached over TLS, or its certificate is not trusted',
  invalid_response: 'did not answer in HTTP',
  timeout: 'did not answer completely in time',
  too_large: 'answered with more data than is accepted',
} as const;

/** A fault as a value, for checks made when a URL is saved. */
export type OutboundFault = { readonly code: OutboundCode; readonly message: string };

/**
 * Says what went wrong with a request to `url`. Only the origin is named: a path, query or user name may itself be
 * the secret (as in a chat webhook), and so may the resolved address of an internal name.
 */
export function outboundFault(code: OutboundCode, url?: URL): OutboundFault {
  return { code, message: `${url ? `The endpoint ${url.origin}` : 'The URL'} ${reasons[code]}.` };
}

/** The one error of outbound requests. It carries no `cause`: a parser's error quotes the bytes it received. */
export class OutboundError extends Error {
  readonly code: OutboundCode;

  constructor({ code, message }: OutboundFault) {
    super(message);
    this.name = 'OutboundError';
    this.code = code;
  }
}

/** Finds the code for an error of undici, the socket, TLS or DNS; unknown ones count as a failed connection. */
export function codeOfFailure(error: unknown): OutboundCode {
  if (error instanceof OutboundError) return error.code;
  const { code = '', name = '' } = error instanceof Error ? (error as Error & { code?: unknown }) : {};
  const text = String(code);
  if (name === 'HTTPParserError') return 'invalid_response';
  const known: Record<string, OutboundCode> = {
    ENOTFOUND: 'name_not_found',
    EAI_AGAIN: 'name_not_found',
    ETIMEDOUT: 'timeout',
    UND_ERR_CONNECT_TIMEOUT: 'timeout',
    UND_ERR_HEADERS_TIMEOUT: 'timeout',
    UND_ERR_BODY_TIMEOUT: 'timeout',
    UND_ERR_HEADERS_OVERFLOW: 'too_large',
    UND_ERR_RES_EXCEEDED_MAX_SIZE: 'too_large',
    UND_ERR_INVALID_ARG: 'invalid_request',
    UND_ERR_NOT_SUPPORTED: 'invalid_request',
    EPROTO: 'tls_failed',
  };
  return (
    known[text] ??
    (/^(?:ERR_TLS|ERR_SSL|CERT_|.*_CERT|UNABLE_TO_|CRL_|HOSTNAME_)/.test(text)
      ? 'tls_failed'
      : 'connection_failed')
  );
}
