import type { List } from '../../platform/contract.ts';
import { type Sql, sql } from '../../platform/database/sql.ts';
import { readPage } from '../../platform/pagination.ts';
import type { Db } from '../../platform/database/database.ts';
import type { Reader } from '../../platform/scope.ts';
import type { Tx } from '../../platform/transaction.ts';
import type { AuthenticationMethod, ListSessions } from './contract.ts';

export interface SessionRow {
  id: string;
  user_id: string;
  organization_id: string | null;
  authentication_method: AuthenticationMethod;
  ip_address: string | null;
  user_agent: string | null;
  impersonator_email: string | null;
  impersonator_reason: string | null;
  /** The browser that it was started in, when that was on our pages. */
  browser_session_id: string | null;
  refresh_hash: Buffer;
  former_refresh_hash: Buffer | null;
  rotated_at: string;
  authenticated_at: string;
  expires_at: string;
  idle_expires_at: string;
  ended_at: string | null;
  created_at: string;
  updated_at: string;
}

/** What tokens say of a session. */
export type TokenSession = Pick<
  SessionRow,
  | 'id'
  | 'user_id'
  | 'organization_id'
  | 'authentication_method'
  | 'impersonator_email'
  | 'impersonator_reason'
>;

const columns = sql`
  id, user_id, organization_id, authentication_method, ip_address, user_agent, impersonator_email, impersonator_reason,
  browser_session_id, refresh_hash, former_refresh_hash, rotated_at, authenticated_at, expires_at, idle_expires_at, ended_at, created_at,
  updated_at`;

/** True of a session that can be refreshed at `now`. */
export const isLive = (now: Date | Sql): Sql =>
  sql`ended_at is null and expires_at > ${now} and idle_expires_at > ${now}`;

export type NewSession = Omit<
  SessionRow,
  'former_refresh_hash' | 'rotated_at' | 'ended_at' | 'created_at' | 'updated_at' | 'authenticated_at'
>;

export function insertSession(tx: Tx, row: NewSession): Promise<SessionRow> {
  return tx.one<SessionRow>(sql`
    insert into session (environment_id, id, user_id, organization_id, authentication_method, ip_address, user_agent,
      impersonator_email, impersonator_reason, browser_session_id, refresh_hash, rotated_at, authenticated_at,
      expires_at, idle_expires_at, created_at, updated_at)
    values (${tx.environmentId}, ${row.id}, ${row.user_id}, ${row.organization_id}, ${row.authentication_method},
      ${row.ip_address}, ${row.user_agent}, ${row.impersonator_email}, ${row.impersonator_reason},
      ${row.browser_session_id}, ${row.refresh_hash}, ${tx.now}, ${tx.now}, ${row.expires_at}, ${row.idle_expires_at}, ${tx.now}, ${tx.now})
    returning ${columns}`);
}

export function findSession(reader: Reader, id: string): Promise<SessionRow | null> {
  return reader.maybeOne<SessionRow>(sql`
    select ${columns} from session where environment_id = ${reader.environmentId} and id = ${id}`);
}

/** Which environment a session is of: a sign-out link names nothing else. */
export async function findEnvironmentOfSession(db: Db, id: string): Promise<string | null> {
  const row = await db.maybeOne<{ environment_id: string }>(sql`
    select environment_id from session where id = ${id}`);
  return row?.environment_id ?? null;
}

export function findSessionForUpdate(tx: Tx, id: string): Promise<SessionRow | null> {
  return tx.maybeOne<SessionRow>(sql`
    select ${columns} from session where environment_id = ${tx.environmentId} and id = ${id} for update`);
}

/** The sessions of a user that can still be refreshed. */
export function listLiveSessions(
  reader: Reader,
  userId: string,
  query: ListSessions,
): Promise<List<SessionRow>> {
  const read = (page: Sql) =>
    reader.many<SessionRow>(sql`
      select ${columns} from session
      where environment_id = ${reader.environmentId} and user_id = ${userId} and ${isLive(reader.now)} and ${page}`);
  return readPage(query, read, async (id) => (await findSession(reader, id))?.user_id === userId);
}

/** The replacement of a refresh token. */
export interface Rotation {
  sessionId: string;
  presented: Buffer;
  successor: Buffer;
  idleUntil: Date;
}

/** Puts the successor in the place of the valid token: of two who present it, one row is found, by one of them. */
export function rotateRefreshToken(tx: Tx, rotation: Rotation): Promise<SessionRow | null> {
  return tx.maybeOne<SessionRow>(sql`
    update session set refresh_hash = ${rotation.successor}, former_refresh_hash = refresh_hash,
      rotated_at = ${tx.now}, idle_expires_at = ${rotation.idleUntil}, updated_at = ${tx.now}
    where environment_id = ${tx.environmentId} and id = ${rotation.sessionId} and refresh_hash = ${rotation.presented}
      and ${isLive(tx.now)}
    returning ${columns}`);
}

export async function moveSession(tx: Tx, id: string, organizationId: string | null): Promise<void> {
  await tx.run(sql`
    update session set organization_id = ${organizationId}, updated_at = ${tx.now}
    where environment_id = ${tx.environmentId} and id = ${id}`);
}

/** Ends sessions that are not over yet; answers those that it ended. */
export function endSessionRows(
  tx: Tx,
  of: { id: string } | { userId: string; organizationId?: string | undefined },
): Promise<SessionRow[]> {
  const ofUser = (userId: string, organizationId: string | undefined): Sql =>
    organizationId === undefined
      ? sql`user_id = ${userId}`
      : sql`user_id = ${userId} and organization_id = ${organizationId}`;
  const chosen = 'id' in of ? sql`id = ${of.id}` : ofUser(of.userId, of.organizationId);
  return tx.many<SessionRow>(sql`
    update session set ended_at = ${tx.now}, updated_at = ${tx.now}
    where environment_id = ${tx.environmentId} and ${chosen} and ${isLive(tx.now)}
    returning ${columns}`);
}

/** As `endSessionRows`, up to `limit` of those in an organization. */
export function endSessionRowsOf(tx: Tx, organizationId: string, limit: number): Promise<SessionRow[]> {
  return tx.many<SessionRow>(sql`
    update session set ended_at = ${tx.now}, updated_at = ${tx.now}
    where environment_id = ${tx.environmentId} and id in (
      select id from session
      where environment_id = ${tx.environmentId} and organization_id = ${organizationId} and ${isLive(tx.now)}
      order by id limit ${limit} for update)
    returning ${columns}`);
}

/** Forgets the browsers in which sessions were started, or every browser of a user. */
export async function endBrowserSessionRows(
  tx: Tx,
  of: { ids: readonly string[] } | { userId: string },
): Promise<void> {
  const chosen = 'ids' in of ? sql`id = any(${of.ids})` : sql`user_id = ${of.userId}`;
  await tx.run(sql`
    update browser_session set ended_at = ${tx.now}, updated_at = ${tx.now}
    where environment_id = ${tx.environmentId} and ${chosen} and ended_at is null`);
}

/** Removes browsers that were forgotten, or expired, before `before`. */
export async function deleteOldBrowserSessions(tx: Tx, before: Date): Promise<void> {
  await tx.run(sql`delete from browser_session where least(ended_at, expires_at) < ${before}`);
}

/** Removes sessions that ended before `before`. */
export async function deleteOldSessions(tx: Tx, before: Date): Promise<void> {
  await tx.run(sql`
    delete from session where least(ended_at, expires_at, idle_expires_at) < ${before}`);
}
