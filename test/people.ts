// People and organizations for tests, made through the API where it can make them.
import { createEnvironmentDirectory } from '../src/capabilities/environments/index.ts';
import { sql } from '../src/platform/database/sql.ts';
import { system } from '../src/platform/scope.ts';
import { type Tx, createScope, inTransaction } from '../src/platform/transaction.ts';
import type { TestClient } from './client.ts';
import type { TestServer } from './harness.ts';

let count = 0;

/** The id of a new user. */
export async function makeUser(api: TestClient, fields: object = {}): Promise<string> {
  count += 1;
  const { status, body } = await api.post('/user_management/users', {
    email: `person${count}@example.com`,
    ...fields,
  });
  if (status !== 201) throw new Error(JSON.stringify(body));
  return String(body.id);
}

/** The id of a new organization. */
export async function makeOrganization(api: TestClient, name = 'Foo Corp'): Promise<string> {
  return String((await api.post('/organizations', { name })).body.id);
}

export interface MadeMembership {
  id: string;
  user_id: string;
  organization_id: string;
}

/** A new user's membership of a new organization, unless they are given. */
export async function makeMembership(
  api: TestClient,
  fields: Partial<{ user_id: string; organization_id: string; role_slug: string; role_slugs: string[] }> = {},
): Promise<MadeMembership> {
  const user_id = fields.user_id ?? (await makeUser(api));
  const organization_id = fields.organization_id ?? (await makeOrganization(api));
  const path = '/user_management/organization_memberships';
  const { status, body } = await api.post(path, { ...fields, user_id, organization_id });
  if (status !== 201) throw new Error(JSON.stringify(body));
  return { id: String(body.id), user_id, organization_id };
}

/** Runs a verb in the server's first environment, as a job would. */
export async function inEnvironment<Value>(
  server: TestServer,
  work: (tx: Tx) => Promise<Value>,
): Promise<Value> {
  const environment = await createEnvironmentDirectory(server.database).byId(server.id);
  const now = server.clock.now();
  const scope = createScope({ environment, principal: system, requestId: 'test', now });
  return inTransaction(server.database, scope, work);
}

/** A role of the server's first environment, or of one of its organizations. */
export async function makeRole(
  server: TestServer,
  {
    slug,
    priority,
    organizationId = null,
  }: { slug: string; priority: number; organizationId?: string | null },
): Promise<void> {
  await inEnvironment(server, (tx) =>
    tx.run(sql`
      insert into role (environment_id, id, organization_id, slug, name, priority, is_default, created_at, updated_at)
      values (${tx.environmentId}, ${tx.newId('role')}, ${organizationId}, ${slug}, ${slug}, ${priority}, false,
        ${tx.now}, ${tx.now})`),
  );
}

/** The newest event so far, to look only at what follows. */
export async function lastEvent(api: TestClient): Promise<string> {
  return String((await api.get('/events?order=desc&limit=1')).body.data[0].id);
}
