import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeRefreshToken } from '../src/capabilities/sessions/refresh-tokens.ts';
import { createEncryption, parseMasterKeys } from '../src/platform/encryption.ts';
import { createPasswordHasher } from '../src/platform/password-hashing.ts';
import { addOrganizations, moment, organizationId, prefix, settle } from './rows.ts';
import type { BenchServer } from './server.ts';

/** People who were not made over HTTP. */
export const userId = (number: number): string => `user_${prefix}${digits(number)}`;
export const membershipId = (number: number): string => `om_${prefix}${digits(number)}`;
export const emailOf = (number: number): string => `person-${number}@example.com`;
export const password = 'correct horse battery staple';

const digits = (number: number): string => String(number).padStart(16, '0');
const organizations = 100;

/** Adds people number `from` to `to`, with a verified address. */
export async function addUsers(server: BenchServer, from: number, to: number): Promise<void> {
  await server.database.query(
    `insert into user_account (environment_id, id, email, email_key, email_verified, first_name, last_name, external_id,
       metadata, created_at, updated_at)
     select $1, 'user_' || $2::text || lpad(n::text, 16, '0'), 'person-' || n || '@example.com',
       'person-' || n || '@example.com', true, 'Person', 'Number ' || n, 'external-' || n, '{"plan":"enterprise"}', $3, $3
     from generate_series($4::int, $5::int) as n`,
    [server.environmentId, prefix, moment, from, to],
  );
  await settle(server.database, 'user_account');
}

/** Puts people number 1 to `count` into one of a hundred organizations each, with a role. */
export async function addMemberships(server: BenchServer, count: number): Promise<void> {
  await addOrganizations(server, 1, organizations);
  await server.database.query(
    `insert into membership (environment_id, id, user_id, organization_id, status, directory_managed, custom_attributes,
       created_at, updated_at)
     select $1, 'om_' || $2::text || lpad(n::text, 16, '0'), 'user_' || $2::text || lpad(n::text, 16, '0'),
       'org_' || $2::text || lpad((1 + n % $5::int)::text, 16, '0'), 'active', false, '{}', $3, $3
     from generate_series(1, $4::int) as n`,
    [server.environmentId, prefix, moment, count, organizations],
  );
  await server.database.query(
    `insert into membership_role (environment_id, membership_id, role_id, source, created_at)
     select membership.environment_id, membership.id, role.id, 'direct', $1
     from membership join role on role.environment_id = membership.environment_id and role.is_default`,
    [moment],
  );
  await settle(server.database, 'membership');
  await settle(server.database, 'membership_role');
}

/** Gives people number 1 to `count` the password; one hash for all, as nothing depends on whose it is. */
export async function addPasswords(server: BenchServer, count: number): Promise<void> {
  const hash = await createPasswordHasher().hash(password);
  await server.database.query(
    `insert into credential (environment_id, id, user_id, kind, hash, created_at, updated_at)
     select $1, 'credential_' || $2::text || lpad(n::text, 16, '0'), 'user_' || $2::text || lpad(n::text, 16, '0'),
       'password', $3, $4, $4
     from generate_series(1, $5::int) as n`,
    [server.environmentId, prefix, hash, moment, count],
  );
  await settle(server.database, 'credential');
}

/** Signs people number 1 to `count` in to their organization; their refresh tokens. */
export async function addSessions(server: BenchServer, count: number): Promise<string[]> {
  const ring = await readFile(join(server.dataDirectory, 'master.key'), 'utf8');
  const encryption = createEncryption(parseMasterKeys(ring));
  const numbers = Array.from({ length: count }, (_, index) => index + 1);
  const made = numbers.map((number) => {
    const id = `session_${prefix}${digits(number)}`;
    return { id, number, ...makeRefreshToken(encryption, id) };
  });
  const now = new Date();
  await server.database.query(
    `insert into session (environment_id, id, user_id, organization_id, authentication_method, refresh_hash, rotated_at,
       authenticated_at, expires_at, idle_expires_at, created_at, updated_at)
     select $1, given.id, given.user_id, given.organization_id, 'Password', given.hash, $2, $2, $3, $3, $2, $2
     from unnest($4::text[], $5::text[], $6::text[], $7::bytea[]) as given (id, user_id, organization_id, hash)`,
    [
      server.environmentId,
      now,
      new Date(now.getTime() + 86_400_000),
      made.map(({ id }) => id),
      made.map(({ number }) => userId(number)),
      made.map(({ number }) => organizationId(1 + (number % organizations))),
      made.map(({ hash }) => hash),
    ],
  );
  await settle(server.database, 'session');
  return made.map(({ token }) => token);
}
