import { createIdSequence } from '../../lib/id.ts';
import { randomSeed } from '../../platform/random.ts';
import type { Reader } from '../../platform/scope.ts';
import type { Urls } from '../../platform/urls.ts';
import type { Signer } from '../signing-keys/index.ts';
import type { SessionSettings } from './contract.ts';
import type { TokenSession } from './store.ts';

/** What a session may do in its organization, as the token says it. */
export interface OrganizationClaims {
  organizationId: string;
  role: string;
  roles: readonly string[];
  permissions: readonly string[];
}

export interface AccessTokenDeps {
  /** Asked for before the transaction: making a key takes a connection, and transactions that wait may hold them all. */
  signer: Signer;
  urls: Urls;
}

/** What a token says. */
export interface AccessTokenFacts {
  session: TokenSession;
  /** Null for a session without an organization. */
  organization: OrganizationClaims | null;
  settings: SessionSettings;
}

/** Signs an access token for a session (spec/authkit 11.3). */
export async function issueAccessToken(
  reader: Reader,
  { signer, urls }: AccessTokenDeps,
  { session, organization, settings }: AccessTokenFacts,
): Promise<string> {
  const issuedAt = Math.floor(reader.now.getTime() / 1_000);
  return signer.sign({
    iss: issuerOf(reader, urls, settings),
    sub: session.user_id,
    sid: session.id,
    jti: createIdSequence(reader.now.getTime(), randomSeed())('jti').slice('jti_'.length),
    client_id: reader.environment.client_id,
    ...(session.impersonator_email === null ? {} : { act: { sub: session.impersonator_email } }),
    ...(organization && {
      org_id: organization.organizationId,
      role: organization.role,
      roles: organization.roles,
      permissions: organization.permissions,
    }),
    iat: issuedAt,
    exp: issuedAt + settings.access_token_seconds,
  });
}

function issuerOf(reader: Reader, urls: Urls, settings: SessionSettings): string {
  const origin = urls.origin(reader.environment, 'api');
  return settings.issuer === 'origin' ? origin : `${origin}/user_management/${reader.environment.client_id}`;
}
