// People who sign in, and what applications send for them.
import { createHash, randomBytes } from 'node:crypto';
import { sql } from '../src/platform/database/sql.ts';
import { hashToken } from '../src/platform/encryption.ts';
import type { AttemptState } from '../src/capabilities/authentication/contract.ts';
import type { TestClient, TestResponse } from './client.ts';
import type { TestEnvironment, TestServer } from './harness.ts';
import { makeUser } from './people.ts';

export const goodPassword = 'correct horse battery staple 9';

export const grants = {
  email: 'urn:workos:oauth:grant-type:email-verification:code',
  organization: 'urn:workos:oauth:grant-type:organization-selection',
} as const;

type Stage = Pick<TestServer, 'database' | 'clock' | 'anonymous'> & TestEnvironment;

/** Calls `authenticate` as the application's server does: fields replace the client's own, undefined leaves one out. */
export function authenticate(
  server: Pick<TestServer, 'anonymous' | 'clientId' | 'apiKey'>,
  fields: object,
  client: TestClient = server.anonymous,
): Promise<TestResponse> {
  const { clientId: client_id, apiKey: client_secret } = server;
  return client.post('/user_management/authenticate', { client_id, client_secret, ...fields });
}

export interface Person {
  id: string;
  email: string;
}

let count = 0;

/** A user with a password and, unless said otherwise, a verified address. */
export async function makePerson(api: TestClient, fields: object = {}): Promise<Person> {
  count += 1;
  const email = `signer${count}@example.com`;
  const id = await makeUser(api, { email, password: goodPassword, email_verified: true, ...fields });
  return { id, email };
}

/** Signs a person in by password. */
export const signInByPassword = (server: Stage, email: string, fields: object = {}): Promise<TestResponse> =>
  authenticate(server, { grant_type: 'password', email, password: goodPassword, ...fields });

/** A verifier and the challenge that it answers (RFC 7636 4.2). */
export function makeVerifier(length = 43): { verifier: string; challenge: string } {
  const verifier = randomBytes(97).toString('base64url').slice(0, length);
  return { verifier, challenge: createHash('sha256').update(verifier).digest('base64url') };
}

interface CodeWishes {
  userId: string;
  challenge?: string | null;
  organizationId?: string | null;
  /** The environment of the code, when it is not the server's first. */
  environmentId?: string;
}

/** A code as the hosted pages give one at the end of a sign-in. */
export async function giveCode(server: Stage, wishes: CodeWishes): Promise<string> {
  const code = randomBytes(24).toString('base64url');
  const now = server.clock.now();
  const endsAt = new Date(now.getTime() + 600_000);
  const state: AttemptState = {
    caller: { ip_address: '203.0.113.7', user_agent: 'Browser' },
    method: 'Password',
    organization_id: wishes.organizationId ?? null,
    browser_session_id: null,
    authenticated_at: null,
    hosted: {
      request: {
        redirect_uri: 'https://app.example.com/callback',
        state: null,
        code_challenge: wishes.challenge ?? null,
      },
      page: null,
      email: null,
      names: null,
      decoy: null,
    },
  };
  await server.database.run(sql`
    insert into login_attempt (environment_id, id, user_id, state, code_hash, code_expires_at, expires_at, created_at,
      updated_at)
    values (${wishes.environmentId ?? server.id}, ${`login_attempt_${code}`}, ${wishes.userId},
      ${JSON.stringify(state)}, ${hashToken(code)}, ${endsAt}, ${endsAt}, ${now}, ${now})`);
  return code;
}

/** Redeems a code. */
export const redeem = (
  server: Stage,
  code: string,
  fields: object = {},
  client?: TestClient,
): Promise<TestResponse> =>
  authenticate(server, { grant_type: 'authorization_code', code, ...fields }, client);

export interface SignedIn {
  access_token: string;
  refresh_token: string;
  session_id: string;
  user_id: string;
}

/** Signs a user in by the quickest way; a new user without organization when none is given. */
export async function signIn(server: Stage, wishes: Partial<CodeWishes> = {}): Promise<SignedIn> {
  const userId = wishes.userId ?? (await makeUser(server.api, { email_verified: true }));
  const response = await redeem(server, await giveCode(server, { ...wishes, userId }));
  if (response.status !== 200) throw new Error(JSON.stringify(response.body));
  const { access_token, refresh_token } = response.body as { access_token: string; refresh_token: string };
  return { access_token, refresh_token, session_id: sessionOf(access_token), user_id: userId };
}

/** `sid` of a token, which is not verified. */
export function sessionOf(accessToken: string): string {
  const payload = Buffer.from(accessToken.split('.')[1] ?? '', 'base64url').toString();
  return String((JSON.parse(payload) as { sid: unknown }).sid);
}

export const refresh = (
  server: Stage,
  refreshToken: string,
  fields: object = {},
  client?: TestClient,
): Promise<TestResponse> =>
  authenticate(server, { grant_type: 'refresh_token', refresh_token: refreshToken, ...fields }, client);

/** What a refused or answered call says, in short: status, then `code` or `error`. */
export const outcomeOf = ({ status, body }: TestResponse): string =>
  status < 300 ? String(status) : `${status} ${String(body.code ?? body.error)}`;
