import type { Encryption } from '../../platform/encryption.ts';
import type { Reader } from '../../platform/scope.ts';
import type { Tx } from '../../platform/transaction.ts';
import type { SessionSettings } from './contract.ts';
import { type SessionHolder, findHolder } from './holders.ts';
import { type PresentedToken, readRefreshToken, successorOf, successorsOf } from './refresh-tokens.ts';
import type { Rotate } from './rotations.ts';
import { type LiveSession, endSession } from './sessions.ts';
import { findSessionForUpdate, rotateRefreshToken } from './store.ts';

/** How long the token before the valid one is answered with the same successor: several tabs refresh at once. */
const graceMs = 10_000;

/** `ended`: the token was an old one, so the session is over now and the transaction must commit. */
export type Refreshed =
  { kind: 'live'; session: LiveSession; holder: SessionHolder } | { kind: 'invalid' } | { kind: 'ended' };

export interface Refresh {
  token: string;
  /** The organization to go on in; null for that of the session. */
  organizationId: string | null;
  settings: SessionSettings;
}

/**
 * Takes a refresh token and answers its successor (RFC 9700 4.14.2). The valid token is replaced, once, however many
 * present it at the same time; the one before it gets the same successor for ten seconds; one that is older has been
 * stolen or lost, and ends the session.
 */
export async function refreshSession(tx: Tx, encryption: Encryption, refresh: Refresh): Promise<Refreshed> {
  const { organizationId } = refresh;
  const presented = readRefreshToken(encryption, refresh.token);
  if (!presented) return { kind: 'invalid' };
  const next = successorOf(encryption, presented);
  // Sent together, run one after the other: the second sees what holds once the session's row is held.
  const [row, holder] = await Promise.all([
    rotateRefreshToken(tx, {
      sessionId: presented.sessionId,
      presented: presented.hash,
      successor: next.hash,
      idleUntil: idleUntil(tx, refresh),
    }),
    findHolder(tx, presented.sessionId, organizationId),
  ]);
  if (row && holder) return { kind: 'live', session: { row, refreshToken: next.token }, holder };
  return refreshAgain(tx, encryption, { presented, organizationId });
}

/**
 * The same without a transaction, for the usual case: the valid token, in the organization that its session has.
 * @returns null for any other case, which `refreshSession` decides
 */
export async function refreshSessionAlone(
  reader: Reader,
  { encryption, rotate }: { encryption: Encryption; rotate: Rotate },
  refresh: Refresh,
): Promise<{ session: LiveSession; holder: SessionHolder } | null> {
  const presented = readRefreshToken(encryption, refresh.token);
  if (!presented) return null;
  const next = successorOf(encryption, presented);
  const rotated = await rotate({
    environmentId: reader.environmentId,
    sessionId: presented.sessionId,
    presented: presented.hash,
    successor: next.hash,
    organizationId: refresh.organizationId,
    now: reader.now,
    idleUntil: idleUntil(reader, refresh),
  });
  // Whoever has left the organization is turned away in a transaction, which ends the session: to it, the token that has
  // just been rotated is the former one, within its grace.
  if (!rotated || (rotated.row.organization_id !== null && !rotated.holder.membership)) return null;
  return { session: { row: rotated.row, refreshToken: next.token }, holder: rotated.holder };
}

const idleUntil = ({ now }: Reader, { settings }: Refresh): Date =>
  new Date(now.getTime() + settings.inactivity_seconds * 1_000);

async function refreshAgain(
  tx: Tx,
  encryption: Encryption,
  { presented, organizationId }: { presented: PresentedToken; organizationId: string | null },
): Promise<Refreshed> {
  const row = await findSessionForUpdate(tx, presented.sessionId);
  const overAtMs = row ? Math.min(Date.parse(row.expires_at), Date.parse(row.idle_expires_at)) : 0;
  if (!row || row.ended_at !== null || overAtMs <= tx.now.getTime()) return { kind: 'invalid' };
  const isFormer = row.former_refresh_hash?.equals(presented.hash) ?? false;
  const isInGrace = tx.now.getTime() - Date.parse(row.rotated_at) <= graceMs;
  const successor = successorsOf(encryption, presented).find(({ hash }) => hash.equals(row.refresh_hash));
  const holder = await findHolder(tx, row.id, organizationId);
  if (isFormer && isInGrace && successor && holder) {
    return { kind: 'live', session: { row, refreshToken: successor.token }, holder };
  }
  await endSession(tx, row.id);
  return { kind: 'ended' };
}
