import { z } from 'zod';
import { QueryList, Timestamp, listOf, paginationQuery } from '../../platform/contract.ts';

/** What a key signs; a token of one purpose is refused where another is asked for. */
export const SigningKeyPurpose = z.enum(['session', 'connect', 'saml-sp', 'saml-idp-lab']);
export type SigningKeyPurpose = z.infer<typeof SigningKeyPurpose>;

export const SigningAlgorithm = z.enum(['RS256', 'ES256']);

const published = {
  use: z.literal('sig'),
  kid: z.string(),
  x5c: z.array(z.string()),
  'x5t#S256': z.string(),
};

const RsaJwk = z.strictObject({
  alg: z.literal('RS256'),
  kty: z.literal('RSA'),
  ...published,
  n: z.string(),
  e: z.string(),
});

/** The public contract knows RS256 only: this one appears once an environment asks for it. */
const EcJwk = z
  .strictObject({
    alg: z.literal('ES256'),
    kty: z.literal('EC'),
    ...published,
    crv: z.literal('P-256'),
    x: z.string(),
    y: z.string(),
  })
  .meta({ 'x-opt-in': true });

/** A public key. */
export const PublicJwk = z.discriminatedUnion('kty', [RsaJwk, EcJwk]);

export const Jwks = z.strictObject({ keys: z.array(PublicJwk) }).meta({ id: 'Jwks' });

export const ByClientId = z.object({ clientId: z.string() });

/**
 * `pending`: published, and signs from `not_before`. `signing`: the one that signs. `retiring`: published for tokens
 * that it signed. `expired`: no longer published. `revoked`: refused from `revoked_at` on.
 */
export const SigningKeyState = z.enum(['pending', 'signing', 'retiring', 'expired', 'revoked']);
export type SigningKeyState = z.infer<typeof SigningKeyState>;

export const SigningKey = z
  .strictObject({
    object: z.literal('signing_key'),
    /** The `kid` of its tokens. */
    id: z.string(),
    purpose: SigningKeyPurpose,
    algorithm: SigningAlgorithm,
    state: SigningKeyState,
    public_key: PublicJwk,
    not_before: Timestamp,
    expires_at: Timestamp.nullable(),
    revoked_at: Timestamp.nullable(),
    created_at: Timestamp,
  })
  .meta({ id: 'SigningKey' });
export type SigningKey = z.infer<typeof SigningKey>;

export const SigningKeyList = listOf(SigningKey);

export const ListSigningKeys = z.object({
  ...paginationQuery,
  purpose: QueryList.pipe(z.array(SigningKeyPurpose)).optional(),
});
export type ListSigningKeys = z.infer<typeof ListSigningKeys>;

export const RotateSigningKey = z
  .strictObject({
    purpose: SigningKeyPurpose.default('session'),
    algorithm: SigningAlgorithm.optional(),
    /** Signs at once instead of when every cached JWKS has been asked for again. */
    immediately: z.boolean().default(false),
  })
  .prefault({});
export type RotateSigningKey = z.infer<typeof RotateSigningKey>;
