// Passwords that the default policy takes, and signing in with them.
import { sql } from '../src/platform/database/sql.ts';
import type { TestResponse } from './client.ts';
import type { TestServer } from './harness.ts';

let count = 0;

/** A password that nobody else has. */
export function freshPassword(): string {
  count += 1;
  return `mauve otter quartz lantern ${count}`;
}

/** Signs in with a password, as an application's server does. */
export function signIn(
  { anonymous, clientId, apiKey }: Pick<TestServer, 'anonymous' | 'clientId' | 'apiKey'>,
  email: string,
  password: string,
): Promise<TestResponse> {
  const secret = { client_id: clientId, client_secret: apiKey };
  return anonymous.post('/user_management/authenticate', {
    grant_type: 'password',
    ...secret,
    email,
    password,
  });
}

/** Goes on with a session. */
export function refresh(
  { anonymous, clientId, apiKey }: Pick<TestServer, 'anonymous' | 'clientId' | 'apiKey'>,
  refreshToken: string,
): Promise<TestResponse> {
  return anonymous.post('/user_management/authenticate', {
    grant_type: 'refresh_token',
    client_id: clientId,
    client_secret: apiKey,
    refresh_token: refreshToken,
  });
}

/** What is stored of a user's password. */
export async function storedHash({ database, id }: TestServer, userId: string): Promise<string | null> {
  const row = await database.maybeOne<{ hash: string }>(sql`
    select hash from credential where environment_id = ${id} and user_id = ${userId} and kind = 'password'`);
  return row?.hash ?? null;
}
