import { type Sql, sql } from '../../platform/database/sql.ts';
import { hashToken } from '../../platform/encryption.ts';
import type { Reader } from '../../platform/scope.ts';
import { makeSecret } from '../../platform/secrets.ts';
import type { Tx } from '../../platform/transaction.ts';
import { readSettings } from '../environments/index.ts';
import type { AuthenticationMethod } from './contract.ts';
import { sessionSettings } from './sessions.ts';

/** Somebody whom this browser has signed in on our pages. */
export interface BrowserSession {
  id: string;
  user_id: string;
  authentication_method: AuthenticationMethod;
  /** When they last proved who they are. */
  authenticated_at: string;
}

const columns = sql`id, user_id, authentication_method, authenticated_at`;

/** Remembers the browser; the token is for its cookie, and no earlier cookie is ever taken over (session fixation). */
export async function startBrowserSession(
  tx: Tx,
  of: { userId: string; method: AuthenticationMethod },
): Promise<{ id: string; token: string; maxAgeSeconds: number }> {
  const { maximum_length_seconds: maxAgeSeconds } = await readSettings(tx, sessionSettings);
  const token = makeSecret('');
  const id = tx.newId('browser_session');
  const expiresAt = new Date(tx.now.getTime() + maxAgeSeconds * 1_000);
  await tx.run(sql`
    insert into browser_session (environment_id, id, user_id, token_hash, authentication_method, authenticated_at,
      expires_at, created_at, updated_at)
    values (${tx.environmentId}, ${id}, ${of.userId}, ${hashToken(token)}, ${of.method}, ${tx.now}, ${expiresAt},
      ${tx.now}, ${tx.now})`);
  return { id, token, maxAgeSeconds };
}

/**
 * True of a row that is not over: neither ended, nor at its longest age, nor unused for too long. It is used by signing
 * in with it and by whatever keeps a session going that was started in it, which the rows of these sessions tell: a
 * refresh need not write here.
 */
async function isOn(reader: Reader): Promise<Sql> {
  const { inactivity_seconds: inactivitySeconds } = await readSettings(reader, sessionSettings);
  const unusedSince = new Date(reader.now.getTime() - inactivitySeconds * 1_000);
  return sql`ended_at is null and expires_at > ${reader.now} and (
    authenticated_at > ${unusedSince} or exists (
      select from session where session.environment_id = ${reader.environmentId}
        and session.browser_session_id = browser_session.id and session.idle_expires_at > ${reader.now}))`;
}

/** Who a cookie stands for, or null when there is none or it is over. */
export async function findBrowserSession(
  reader: Reader,
  token: string | null,
): Promise<BrowserSession | null> {
  if (token === null) return null;
  return reader.maybeOne<BrowserSession>(sql`
    select ${columns} from browser_session
    where environment_id = ${reader.environmentId} and token_hash = ${hashToken(token)}
      and ${await isOn(reader)}`);
}

/** True while the browser is remembered. */
export async function isBrowserSessionOn(reader: Reader, id: string): Promise<boolean> {
  const row = await reader.maybeOne<{ id: string }>(sql`
    select id from browser_session
    where environment_id = ${reader.environmentId} and id = ${id} and ${await isOn(reader)}`);
  return row !== null;
}

/** Forgets the browser of a cookie. */
export async function endBrowserSession(tx: Tx, token: string | null): Promise<void> {
  if (token === null) return;
  await tx.run(sql`
    update browser_session set ended_at = ${tx.now}, updated_at = ${tx.now}
    where environment_id = ${tx.environmentId} and token_hash = ${hashToken(token)} and ended_at is null`);
}
