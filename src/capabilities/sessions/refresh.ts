import type { Encryption } from '../../platform/encryption.ts';
import type { Tx } from '../../platform/transaction.ts';
import type { SessionSettings } from './contract.ts';
import { type PresentedToken, readRefreshToken, successorsOf } from './refresh-tokens.ts';
import { type LiveSession, endSession } from './sessions.ts';
import { findSessionForUpdate, rotateRefreshToken } from './store.ts';

/** How long the token before the valid one is answered with the same successor: several tabs refresh at once. */
const graceMs = 10_000;

/** `ended`: the token was an old one, so the session is over now and the transaction must commit. */
export type Refreshed = { kind: 'live'; session: LiveSession } | { kind: 'invalid' } | { kind: 'ended' };

/**
 * Takes a refresh token and answers its successor (RFC 9700 4.14.2). The valid token is replaced, once, however many
 * present it at the same time; the one before it gets the same successor for ten seconds; one that is older has been
 * stolen or lost, and ends the session.
 */
export async function refreshSession(
  tx: Tx,
  encryption: Encryption,
  token: string,
  settings: SessionSettings,
): Promise<Refreshed> {
  const presented = readRefreshToken(encryption, token);
  if (!presented) return { kind: 'invalid' };
  const [next] = successorsOf(encryption, presented);
  if (!next) throw new Error('a ring has at least one key');
  const row = await rotateRefreshToken(tx, {
    id: presented.sessionId,
    presented: presented.hash,
    successor: next.hash,
    inactivitySeconds: settings.inactivity_seconds,
  });
  if (row) return { kind: 'live', session: { row, refreshToken: next.token } };
  return refreshAgain(tx, encryption, presented);
}

async function refreshAgain(tx: Tx, encryption: Encryption, presented: PresentedToken): Promise<Refreshed> {
  const row = await findSessionForUpdate(tx, presented.sessionId);
  const overAtMs = row ? Math.min(Date.parse(row.expires_at), Date.parse(row.idle_expires_at)) : 0;
  if (!row || row.ended_at !== null || overAtMs <= tx.now.getTime()) return { kind: 'invalid' };
  const isFormer = row.former_refresh_hash?.equals(presented.hash) ?? false;
  const isInGrace = tx.now.getTime() - Date.parse(row.rotated_at) <= graceMs;
  const successor = successorsOf(encryption, presented).find(({ hash }) => hash.equals(row.refresh_hash));
  if (isFormer && isInGrace && successor) {
    return { kind: 'live', session: { row, refreshToken: successor.token } };
  }
  await endSession(tx, row.id);
  return { kind: 'ended' };
}
