import { createHash } from 'node:crypto';
import type { Database } from './database/database.ts';
import { sql } from './database/sql.ts';
import type { Encryption } from './encryption.ts';
import { ApiError } from './errors.ts';
import { defineJob } from './jobs/jobs.ts';
import { z } from 'zod';
import type { Scope } from './scope.ts';
import { type Tx, discardPending, inTransaction } from './transaction.ts';

/** A stored reply: what the first request of a key was answered. */
export interface StoredReply {
  status: number;
  contentType: string;
  body: string;
}

export interface IdempotentRequest {
  /** The environment's id, or `install` for operations that belong to none. */
  owner: string;
  key: string;
  path: string;
  body: string;
}

export interface IdempotencyDeps {
  database: Database;
  encryption: Encryption;
}

const lifetimeMs = 86_400_000;

/**
 * Runs `work` once per environment, key and path within 24 hours. The row is written first and locks repeats out;
 * the encrypted reply is written last, in the same transaction: after a crash either all of it happened or none.
 * @param shapeFailure makes the stored reply of a refusal, or null for one that must not be kept (429, 5xx)
 * @throws ApiError 409 when the key was used with another body
 */
export async function runIdempotently(
  deps: IdempotencyDeps,
  scope: Scope,
  request: IdempotentRequest,
  work: {
    run: (tx: Tx) => Promise<StoredReply>;
    shapeFailure: (error: unknown) => StoredReply | null;
  },
): Promise<{ reply: StoredReply; isReplay: boolean }> {
  const { database, encryption } = deps;
  return inTransaction(database, scope, async (tx) => {
    const bodyHash = createHash('sha256').update(request.body).digest();
    const identity = `idempotency:${request.owner}:${request.key}:${request.path}`;
    if (!(await claimKey(tx, request, bodyHash))) {
      return { reply: await replay(tx, { request, bodyHash, identity }, encryption), isReplay: true };
    }
    const reply = await runKeepingRefusals(tx, work);
    const sealed = encryption.seal(JSON.stringify(reply), identity);
    await tx.run(sql`
      update idempotency_key set reply = ${sealed}
      where owner = ${request.owner} and key = ${request.key} and path = ${request.path}`);
    return { reply, isReplay: false };
  });
}

async function runKeepingRefusals(
  tx: Tx,
  work: { run: (tx: Tx) => Promise<StoredReply>; shapeFailure: (error: unknown) => StoredReply | null },
): Promise<StoredReply> {
  await tx.run(sql`savepoint work`);
  try {
    return await work.run(tx);
  } catch (error) {
    const reply = work.shapeFailure(error);
    if (reply === null) throw error;
    await tx.run(sql`rollback to savepoint work`);
    discardPending(tx);
    return reply;
  }
}

/** True when the key is ours now; waits for a transaction that holds it. An expired key is taken over. */
async function claimKey(tx: Tx, request: IdempotentRequest, bodyHash: Buffer): Promise<boolean> {
  const expiresAt = new Date(tx.now.getTime() + lifetimeMs);
  const claimed = await tx.run(sql`
    insert into idempotency_key as held (owner, key, path, body_hash, expires_at)
    values (${request.owner}, ${request.key}, ${request.path}, ${bodyHash}, ${expiresAt})
    on conflict (owner, key, path) do update
      set body_hash = excluded.body_hash, expires_at = excluded.expires_at, reply = null
      where held.expires_at <= ${tx.now}`);
  return claimed === 1;
}

async function replay(
  tx: Tx,
  held: { request: IdempotentRequest; bodyHash: Buffer; identity: string },
  encryption: Encryption,
): Promise<StoredReply> {
  const row = await tx.one<{ body_hash: Buffer; reply: Buffer }>(sql`
    select body_hash, reply from idempotency_key
    where owner = ${held.request.owner} and key = ${held.request.key} and path = ${held.request.path}`);
  if (!row.body_hash.equals(held.bodyHash)) {
    throw new ApiError('idempotency_key_conflict', {
      status: 409,
      message: 'This Idempotency-Key was used with another body. Use a new key for a new request.',
    });
  }
  return JSON.parse(encryption.open(row.reply, held.identity).toString()) as StoredReply;
}

/** Removes keys that have expired. */
export const purgeIdempotencyKeys = defineJob({
  kind: 'idempotency.purge',
  payload: z.object({}),
  maxAttempts: 5,
  everySeconds: 3_600,
  run: async (tx) => {
    await tx.run(sql`delete from idempotency_key where expires_at <= ${tx.now}`);
  },
});
