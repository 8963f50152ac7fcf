import { readSettingsNow } from '../environments/index.ts';
import type { Db } from '../../platform/database/database.ts';
import type { JwtAlgorithm } from '../../protocols/jwt/index.ts';
import type { KeyPair } from './key-pairs.ts';
import { overlapSeconds, publishAheadSeconds } from './schedule.ts';
import { accessTokenSettings } from './settings.ts';
import { type KeyRow, type LineName, expireEarlier, findLine, insertKey } from './store.ts';

/** The keys of one purpose, newest first, and the algorithm that the newest is to have. */
export interface Line {
  readonly keys: readonly KeyRow[];
  readonly algorithm: JwtAlgorithm;
}

/** Reads a line as it is now. */
export async function readLine(db: Pick<Db, 'many'>, name: LineName): Promise<Line> {
  const { environmentId, purpose } = name;
  const [keys, settings] = await Promise.all([
    findLine(db, name),
    purpose === 'session' ? readSettingsNow({ many: db.many, environmentId }, accessTokenSettings) : null,
  ]);
  return { keys, algorithm: settings?.algorithm ?? keys[0]?.algorithm ?? 'RS256' };
}

/** True for a key that a token may be verified with. */
export function isPublished({ revoked_at, expires_at }: KeyRow, now: Date): boolean {
  return revoked_at === null && (expires_at === null || new Date(expires_at) > now);
}

/** The key that signs: the newest whose time has come. */
export function findSigner({ keys }: Line, now: Date): KeyRow | null {
  return keys.find((key) => isPublished(key, now) && new Date(key.not_before) <= now) ?? null;
}

/** True when the line needs another key: none signs, or the newest has another algorithm than is wanted. */
export function isKeyDue(line: Line, now: Date): boolean {
  const newest = line.keys.find((key) => isPublished(key, now));
  return findSigner(line, now) === null || newest?.algorithm !== line.algorithm;
}

/** When the next key of a line begins to sign: after caches have learnt of it, or at once where nothing signs. */
export function startOfNext(line: Line, now: Date): Date {
  const isWaiting = findSigner(line, now) !== null;
  return isWaiting ? new Date(now.getTime() + publishAheadSeconds * 1_000) : now;
}

/**
 * Adds a key after the newest of the line, and sets when its predecessors go.
 * @returns false when somebody else has added one since the line was read
 */
export async function appendKey(
  db: Db,
  name: LineName,
  next: { line: Line; pair: KeyPair; notBefore: Date; now: Date },
): Promise<boolean> {
  const { line, pair, notBefore, now } = next;
  const generation = (line.keys[0]?.generation ?? 0) + 1;
  const row = { ...name, pair, generation, notBefore, createdAt: now };
  if (!(await insertKey(db, row))) return false;
  await expireEarlier(db, row, new Date(notBefore.getTime() + overlapSeconds * 1_000));
  return true;
}
