import type { Client } from 'pg';
import { encodeUlidTime } from '../src/lib/id.ts';
import type { BenchServer } from './server.ts';

/** Ids of rows that were not made over HTTP: one moment, then a number, so they sort as they were counted. */
export const moment = new Date(Date.now() - 86_400_000);
export const prefix = encodeUlidTime(moment.getTime());

export const organizationId = (number: number): string => `org_${prefix}${String(number).padStart(16, '0')}`;
export const eventId = (number: number): string => `event_${prefix}${String(number).padStart(16, '0')}`;

/** Adds organizations number `from` to `to`. */
export async function addOrganizations(server: BenchServer, from: number, to: number): Promise<void> {
  await server.database.query(
    `insert into organization (environment_id, id, name, external_id, allow_profiles_outside_organization, metadata,
       created_at, updated_at)
     select $1, 'org_' || $2::text || lpad(n::text, 16, '0'), 'Organization ' || n, 'external-' || n, false,
       '{"plan":"enterprise"}', $3, $3
     from generate_series($4::int, $5::int) as n`,
    [server.environmentId, prefix, moment, from, to],
  );
  await settle(server.database, 'organization');
}

/** Adds events number `from` to `to`, in one transaction: their order is that of their numbers. */
export async function addEvents(server: BenchServer, from: number, to: number): Promise<void> {
  const data = {
    object: 'organization',
    id: organizationId(1),
    name: 'Organization 1',
    domains: [],
    metadata: {},
    external_id: null,
    allow_profiles_outside_organization: false,
    created_at: moment.toISOString(),
    updated_at: moment.toISOString(),
  };
  const context = { client_id: 'client_test_default', actor: { id: 'key', source: 'api', name: 'Key' } };
  await server.database.query(
    `insert into event (environment_id, id, type, organization_id, data, context, created_at)
     select $1, 'event_' || $2::text || lpad(n::text, 16, '0'), 'organization.created', null, $3, $4, $5
     from generate_series($6::int, $7::int) as n`,
    [server.environmentId, prefix, data, context, moment, from, to],
  );
  await settle(server.database, 'event');
}

/** What autovacuum does in time, done now. */
export async function settle(database: Client, table: string): Promise<void> {
  await database.query(`vacuum (analyze) ${table}`);
}
