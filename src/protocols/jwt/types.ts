/** What we sign with and accept: asymmetric only, so that no public key is ever a secret (RFC 8725 3.1). */
export const jwtAlgorithms = ['RS256', 'ES256'] as const;
export type JwtAlgorithm = (typeof jwtAlgorithms)[number];

/** The claims of a token; times are whole seconds (RFC 7519 2, NumericDate). */
export type JwtPayload = Readonly<Record<string, unknown>>;

interface PublishedJwk {
  readonly use: 'sig';
  readonly kid: string;
  /** The self-signed certificate, DER in base64, and its SHA-256 (RFC 7517 4.7, 4.9). */
  readonly x5c: readonly string[];
  readonly 'x5t#S256': string;
}

/** A public key as a JWKS lists it (RFC 7517, RFC 7518 6). */
export type Jwk =
  | (PublishedJwk & { readonly alg: 'RS256'; readonly kty: 'RSA'; readonly n: string; readonly e: string })
  | (PublishedJwk & {
      readonly alg: 'ES256';
      readonly kty: 'EC';
      readonly crv: 'P-256';
      readonly x: string;
      readonly y: string;
    });
