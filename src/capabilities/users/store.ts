import type { List } from '../../platform/contract.ts';
import { type Sql, sql } from '../../platform/database/sql.ts';
import { readPage } from '../../platform/pagination.ts';
import type { Reader } from '../../platform/scope.ts';
import type { Tx } from '../../platform/transaction.ts';
import type { ListUsers, User } from './contract.ts';
import { emailKey } from './email.ts';

/** A user as the wire has it. For statements of other slices too, which join `user_account`. */
export const userColumns = sql`
  'user' as object, user_account.id, user_account.email, user_account.email_verified, user_account.first_name,
  user_account.last_name,
  coalesce(user_account.name,
    nullif(trim(concat_ws(' ', user_account.first_name, user_account.last_name)), '')) as name,
  user_account.profile_picture_url, user_account.last_sign_in_at, user_account.external_id, user_account.metadata,
  user_account.locale, user_account.created_at, user_account.updated_at`;

export interface NewUser {
  id: string;
  email: string;
  email_verified: boolean;
  first_name: string | null;
  last_name: string | null;
  name: string | null;
  external_id: string | null;
  metadata: Record<string, string>;
}

export function insertUser(tx: Tx, row: NewUser): Promise<User> {
  return tx.one<User>(sql`
    insert into user_account (environment_id, id, email, email_key, email_verified, first_name, last_name, name,
      external_id, metadata, created_at, updated_at)
    values (${tx.environmentId}, ${row.id}, ${row.email}, ${emailKey(row.email)}, ${row.email_verified},
      ${row.first_name}, ${row.last_name}, ${row.name}, ${row.external_id}, ${JSON.stringify(row.metadata)}, ${tx.now},
      ${tx.now})
    returning ${userColumns}`);
}

export function findUser(reader: Reader, id: string): Promise<User | null> {
  return reader.maybeOne<User>(sql`
    select ${userColumns} from user_account where environment_id = ${reader.environmentId} and id = ${id}`);
}

export function findUserForUpdate(tx: Tx, id: string): Promise<User | null> {
  return tx.maybeOne<User>(sql`
    select ${userColumns} from user_account where environment_id = ${tx.environmentId} and id = ${id} for update`);
}

export function findUserByExternalId(reader: Reader, externalId: string): Promise<User | null> {
  return reader.maybeOne<User>(sql`
    select ${userColumns} from user_account
    where environment_id = ${reader.environmentId} and external_id = ${externalId}`);
}

/** Case and composition of the address do not matter. */
export function findUserByEmail(reader: Reader, email: string): Promise<User | null> {
  return reader.maybeOne<User>(sql`
    select ${userColumns} from user_account
    where environment_id = ${reader.environmentId} and email_key = ${emailKey(email)}`);
}

export function listUsers(reader: Reader, query: ListUsers): Promise<List<User>> {
  const read = (page: Sql) =>
    reader.many<User>(sql`
      select ${userColumns} from user_account
      where environment_id = ${reader.environmentId} and ${listFilter(reader, query, page)} and ${page}`);
  return readPage(query, read, async (id) => (await findUser(reader, id)) !== null);
}

function listFilter(reader: Reader, query: ListUsers, page: Sql): Sql {
  const organizationId = query.organization_id ?? query.organization;
  const isOfEmail = sql`email_key = ${emailKey(query.email ?? '')}`;
  if (organizationId === undefined) return query.email === undefined ? sql`true` : isOfEmail;
  const members = sql`
    select user_id as id from membership
    where environment_id = ${reader.environmentId} and organization_id = ${organizationId}
      and exists (
        select from organization where environment_id = ${reader.environmentId} and id = ${organizationId})`;
  // Nobody but one has the address. Otherwise the page is found among the memberships first: joined to all users, it
  // would be looked for from the end of the list, however far away the cursor is.
  return query.email === undefined
    ? sql`id in (select id from (${members}) as member where ${page})`
    : sql`${isOfEmail} and id in (${members})`;
}

export interface UserChanges {
  id: string;
  email: string;
  email_verified: boolean;
  first_name: string | null;
  last_name: string | null;
  /** Undefined keeps what is stored, which may be nothing: the answered name is then made of the other two. */
  name: string | null | undefined;
  external_id: string | null;
  metadata: Record<string, string>;
  locale: string | null;
}

export function updateUserRow(tx: Tx, row: UserChanges): Promise<User> {
  return tx.one<User>(sql`
    update user_account set email = ${row.email}, email_key = ${emailKey(row.email)},
      email_verified = ${row.email_verified}, first_name = ${row.first_name}, last_name = ${row.last_name},
      name = case when ${row.name === undefined}::boolean then name else ${row.name ?? null}::text end,
      external_id = ${row.external_id}, metadata = ${JSON.stringify(row.metadata)}, locale = ${row.locale},
      updated_at = ${tx.now}
    where environment_id = ${tx.environmentId} and id = ${row.id}
    returning ${userColumns}`);
}

/** Marks the address as verified, if it is still the one that was proven. */
export function verifyEmailRow(tx: Tx, id: string, email: string): Promise<User | null> {
  return tx.maybeOne<User>(sql`
    update user_account set email_verified = true, updated_at = ${tx.now}
    where environment_id = ${tx.environmentId} and id = ${id} and email_key = ${emailKey(email)}
    returning ${userColumns}`);
}

export function noteSignInRow(tx: Tx, id: string): Promise<User | null> {
  return tx.maybeOne<User>(sql`
    update user_account set last_sign_in_at = ${tx.now}
    where environment_id = ${tx.environmentId} and id = ${id}
    returning ${userColumns}`);
}

export async function deleteUserRow(tx: Tx, id: string): Promise<void> {
  await tx.run(sql`delete from user_account where environment_id = ${tx.environmentId} and id = ${id}`);
}
