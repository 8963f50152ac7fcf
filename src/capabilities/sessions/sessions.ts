import { omitNull } from '../../lib/object.ts';
import type { List } from '../../platform/contract.ts';
import type { Encryption } from '../../platform/encryption.ts';
import { ApiError, notFound } from '../../platform/errors.ts';
import { emit } from '../../platform/events/events.ts';
import { onDelete } from '../../platform/lifecycle.ts';
import type { Reader } from '../../platform/scope.ts';
import type { Tx } from '../../platform/transaction.ts';
import { defineSettings, readSettings } from '../environments/index.ts';
import { whenMembershipEnds } from '../memberships/index.ts';
import { getUser } from '../users/index.ts';
import {
  type AuthenticationMethod,
  type ListSessions,
  type Session,
  SessionSettings,
  authMethodOf,
} from './contract.ts';
import { onSignedOut } from './endings.ts';
import { SessionCreated, SessionRevoked } from './events.ts';
import { makeRefreshToken } from './refresh-tokens.ts';
import * as store from './store.ts';

export const sessionSettings = defineSettings('sessions', SessionSettings);

/** A user takes their sessions along, each with its event. */
onDelete('user', (tx, userId) => endSessions(tx, { userId }));

/** Whoever leaves an organization is signed out there. */
whenMembershipEnds(endSessions);

/** A row as the wire has it at `now`. */
export function toSession(row: store.SessionRow, now: Date): Session {
  const overAt = row.idle_expires_at < row.expires_at ? row.idle_expires_at : row.expires_at;
  const isOver = Date.parse(overAt) <= now.getTime();
  const expiredAt = isOver ? overAt : null;
  const session = {
    object: 'session' as const,
    id: row.id,
    user_id: row.user_id,
    organization_id: row.organization_id,
    status: statusOf(row, isOver),
    auth_method: authMethodOf(row.authentication_method),
    ip_address: row.ip_address,
    user_agent: row.user_agent,
    impersonator: impersonatorOf(row),
    expires_at: row.expires_at,
    ended_at: row.ended_at ?? expiredAt,
    created_at: row.created_at,
    updated_at: row.updated_at,
  };
  return omitNull(session, ['organization_id', 'impersonator']);
}

function statusOf(row: store.SessionRow, isOver: boolean): Session['status'] {
  if (row.ended_at !== null) return 'revoked';
  return isOver ? 'expired' : 'active';
}

export function impersonatorOf(row: store.TokenSession): { email: string; reason: string | null } | null {
  return row.impersonator_email === null
    ? null
    : { email: row.impersonator_email, reason: row.impersonator_reason };
}

/** What a session is made of. */
export interface SessionStart {
  userId: string;
  organizationId: string | null;
  method: AuthenticationMethod;
  ipAddress: string | null;
  userAgent: string | null;
  /** The browser on our pages; null for a sign-in by API. */
  browserSessionId: string | null;
  /** When the person proved who they are, if that was before now: the longest a session lasts counts from then. */
  authenticatedAt: string | null;
}

/** A session with the refresh token that is valid now; tokens are answered once and stored as hashes. */
export interface LiveSession {
  row: store.TokenSession;
  refreshToken: string;
}

/** Starts a session, with its event. */
export async function startSession(
  tx: Tx,
  encryption: Encryption,
  start: SessionStart,
): Promise<LiveSession> {
  const lengths = await readSettings(tx, sessionSettings);
  const id = tx.newId('session');
  const { token, hash } = makeRefreshToken(encryption, id);
  const after = (from: number, seconds: number) => new Date(from + seconds * 1_000).toISOString();
  const authenticatedMs = start.authenticatedAt ? Date.parse(start.authenticatedAt) : tx.now.getTime();
  const row = await store.insertSession(tx, {
    id,
    user_id: start.userId,
    organization_id: start.organizationId,
    authentication_method: start.method,
    ip_address: start.ipAddress,
    user_agent: start.userAgent,
    impersonator_email: null,
    impersonator_reason: null,
    browser_session_id: start.browserSessionId,
    refresh_hash: hash,
    expires_at: after(authenticatedMs, lengths.maximum_length_seconds),
    idle_expires_at: after(tx.now.getTime(), lengths.inactivity_seconds),
  });
  emit(tx, SessionCreated, toSession(row, tx.now), { organizationId: start.organizationId });
  return { row, refreshToken: token };
}

/** The sessions of a user that are still on, newest first. */
export async function listSessions(
  reader: Reader,
  userId: string,
  query: ListSessions,
): Promise<List<Session>> {
  const user = await getUser(reader, userId);
  const page = await store.listLiveSessions(reader, user.id, query);
  return { ...page, data: page.data.map((row) => toSession(row, reader.now)) };
}

/** Ends one session; one that is over already stays as it is. */
export async function revokeSession(tx: Tx, id: string): Promise<void> {
  const row = await store.findSession(tx, id);
  if (!row) throw new ApiError('session_not_found', { status: 400, message: `There is no session '${id}'.` });
  await endSession(tx, id);
}

/** Ends a session, with its event, unless it is over. */
export async function endSession(tx: Tx, id: string): Promise<void> {
  const rows = await store.endSessionRows(tx, { id });
  const [ended] = rows;
  const { browser_session_id: browserSessionId, user_id: userId } =
    ended ?? (await store.findSession(tx, id)) ?? {};
  if (browserSessionId && userId) {
    // Else the next visit would sign in again without a question, also where the session ran out before.
    await store.endBrowserSessionRows(tx, { ids: [browserSessionId] });
    await onSignedOut(tx, { userId, browserSessionId });
  }
  emitRevoked(tx, rows);
}

/** Ends what a user has on, everywhere or in one organization, each with its event. */
export async function endSessions(tx: Tx, of: { userId: string; organizationId?: string }): Promise<void> {
  if (of.organizationId === undefined) {
    await store.endBrowserSessionRows(tx, { userId: of.userId });
    await onSignedOut(tx, { userId: of.userId });
  }
  emitRevoked(tx, await store.endSessionRows(tx, of));
}

/** Ends up to `limit` sessions in an organization; answers how many. */
export async function endSomeSessionsOf(tx: Tx, organizationId: string, limit: number): Promise<number> {
  const rows = await store.endSessionRowsOf(tx, organizationId, limit);
  emitRevoked(tx, rows);
  return rows.length;
}

function emitRevoked(tx: Tx, rows: readonly store.SessionRow[]): void {
  for (const row of rows.toSorted((a, b) => (a.id < b.id ? -1 : 1))) {
    emit(tx, SessionRevoked, toSession(row, tx.now), { organizationId: row.organization_id });
  }
}

/** The session, or 404. */
export async function getSession(reader: Reader, id: string): Promise<Session> {
  const row = await store.findSession(reader, id);
  if (!row) throw notFound('Session', id);
  return toSession(row, reader.now);
}
