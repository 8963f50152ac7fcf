import type { List } from '../../platform/contract.ts';
import type { Db } from '../../platform/database/database.ts';
import { type Sql, sql } from '../../platform/database/sql.ts';
import { readPage } from '../../platform/pagination.ts';
import type { Reader } from '../../platform/scope.ts';
import type { Tx } from '../../platform/transaction.ts';
import type { Jwk, JwtAlgorithm } from '../../protocols/jwt/index.ts';
import type { ListSigningKeys, SigningKey, SigningKeyPurpose } from './contract.ts';
import type { KeyPair } from './key-pairs.ts';

/** One environment's keys of one purpose. */
export interface LineName {
  readonly environmentId: string;
  readonly purpose: SigningKeyPurpose;
}

/** A key without its private part; times as ISO texts. */
export interface KeyRow {
  readonly id: string;
  readonly generation: number;
  readonly algorithm: JwtAlgorithm;
  readonly public_key: Jwk;
  readonly not_before: string;
  readonly expires_at: string | null;
  readonly revoked_at: string | null;
}

const rowColumns = sql`id, generation, algorithm, public_key, not_before, expires_at, revoked_at`;

/** True when a later key of the line signs already. */
const isSuperseded = (now: Date): Sql => sql`exists (
  select 1 from signing_key as later
  where later.environment_id = signing_key.environment_id and later.purpose = signing_key.purpose
    and later.generation > signing_key.generation and later.revoked_at is null and later.not_before <= ${now})`;

const wireColumns = (now: Date): Sql => sql`'signing_key' as object, id, purpose, algorithm,
  case when revoked_at is not null then 'revoked' when expires_at <= ${now} then 'expired'
    when ${isSuperseded(now)} then 'retiring' when not_before > ${now} then 'pending' else 'signing' end as state,
  public_key, not_before, expires_at, revoked_at, created_at`;

/** Every key of a line, the newest first. */
export function findLine(db: Pick<Db, 'many'>, { environmentId, purpose }: LineName): Promise<KeyRow[]> {
  return db.many<KeyRow>(sql`
    select ${rowColumns} from signing_key
    where environment_id = ${environmentId} and purpose = ${purpose} order by generation desc`);
}

export function findKeyOfLine(db: Db, line: LineName, id: string): Promise<KeyRow | null> {
  return db.maybeOne<KeyRow>(sql`
    select ${rowColumns} from signing_key
    where environment_id = ${line.environmentId} and purpose = ${line.purpose} and id = ${id}`);
}

/** The sealed private key; null when it is unknown or was erased. */
export async function findPrivateKey(db: Db, environmentId: string, id: string): Promise<Buffer | null> {
  const row = await db.maybeOne<{ private_key_sealed: Buffer | null }>(sql`
    select private_key_sealed from signing_key where environment_id = ${environmentId} and id = ${id}`);
  return row?.private_key_sealed ?? null;
}

export interface NewKeyRow extends LineName {
  readonly pair: KeyPair;
  readonly generation: number;
  readonly notBefore: Date;
  readonly createdAt: Date;
}

/** False when another node has made this generation. */
export async function insertKey(db: Db, row: NewKeyRow): Promise<boolean> {
  const { pair } = row;
  const inserted = await db.run(sql`
    insert into signing_key (environment_id, id, purpose, generation, algorithm, public_key, private_key_sealed,
      not_before, created_at)
    values (${row.environmentId}, ${pair.id}, ${row.purpose}, ${row.generation}, ${pair.algorithm},
      ${JSON.stringify(pair.public_key)}, ${pair.private_key_sealed}, ${row.notBefore}, ${row.createdAt})
    on conflict (environment_id, purpose, generation) do nothing`);
  return inserted === 1;
}

/** Sets when the keys before a generation stop being published, unless that is set already. */
export async function expireEarlier(db: Db, row: NewKeyRow, expiresAt: Date): Promise<void> {
  await db.run(sql`
    update signing_key set expires_at = ${expiresAt}
    where environment_id = ${row.environmentId} and purpose = ${row.purpose}
      and generation < ${row.generation} and expires_at is null and revoked_at is null`);
}

export function findSigningKey(reader: Reader, id: string): Promise<SigningKey | null> {
  return reader.maybeOne<SigningKey>(sql`
    select ${wireColumns(reader.now)} from signing_key
    where environment_id = ${reader.environmentId} and id = ${id}`);
}

export function findSigningKeyForUpdate(tx: Tx, id: string): Promise<SigningKey | null> {
  return tx.maybeOne<SigningKey>(sql`
    select ${wireColumns(tx.now)} from signing_key
    where environment_id = ${tx.environmentId} and id = ${id} for update`);
}

export function listSigningKeys(reader: Reader, query: ListSigningKeys): Promise<List<SigningKey>> {
  const ofPurpose = query.purpose ? sql`and purpose = any(${query.purpose})` : sql``;
  const read = (page: Sql): Promise<SigningKey[]> =>
    reader.many<SigningKey>(sql`
      select ${wireColumns(reader.now)} from signing_key
      where environment_id = ${reader.environmentId} ${ofPurpose} and ${page}`);
  return readPage(query, read, async (id) => (await findSigningKey(reader, id)) !== null);
}

/** Marks a key as revoked and erases its private part. */
export async function markRevoked(tx: Tx, id: string): Promise<void> {
  await tx.run(sql`
    update signing_key set revoked_at = ${tx.now}, private_key_sealed = null
    where environment_id = ${tx.environmentId} and id = ${id}`);
}

/** Erases private parts that will never sign again, in every environment. */
export async function erasePrivateKeys(tx: Tx): Promise<void> {
  await tx.run(sql`
    update signing_key set private_key_sealed = null
    where expires_at <= ${tx.now} and private_key_sealed is not null`);
}

/** Deletes keys that ended before `before`, in every environment. */
export async function deleteEndedKeys(tx: Tx, before: Date): Promise<void> {
  await tx.run(sql`delete from signing_key where coalesce(revoked_at, expires_at) <= ${before}`);
}
