// Passwords that the default policy takes, and signing in with them.
import { sql } from '../src/platform/database/sql.ts';
import type { TestResponse } from './client.ts';
import type { TestServer } from './harness.ts';
import { authenticate } from './sign-in.ts';

let count = 0;

/** A password that nobody else has. */
export function freshPassword(): string {
  count += 1;
  return `mauve otter quartz lantern ${count}`;
}

type Client = Parameters<typeof authenticate>[0];

/** Signs in with a password, as an application's server does. */
export const signIn = (server: Client, email: string, password: string): Promise<TestResponse> =>
  authenticate(server, { grant_type: 'password', email, password });

/** Goes on with a session. */
export const refresh = (server: Client, refreshToken: string): Promise<TestResponse> =>
  authenticate(server, { grant_type: 'refresh_token', refresh_token: refreshToken });

/** What is stored of a user's password. */
export async function storedHash({ database, id }: TestServer, userId: string): Promise<string | null> {
  const row = await database.maybeOne<{ hash: string }>(sql`
    select hash from credential where environment_id = ${id} and user_id = ${userId} and kind = 'password'`);
  return row?.hash ?? null;
}
