import { createHash } from 'node:crypto';
import { z } from 'zod';
import { everyOperation } from '../../scripts/generate/openapi.ts';
import type { Operation } from '../../src/platform/operation.ts';
import type { PrincipalKind } from '../../src/platform/scope.ts';
import type { TestEnvironment, TestServer } from '../harness.ts';

/** One way to call one operation: an alias is called like the path itself. */
export interface Route {
  name: string;
  operation: Operation;
  path: string;
}

export const routes: readonly Route[] = everyOperation().flatMap((operation) =>
  [operation.path, ...(operation.aliases ?? [])].map((path) => ({
    name: `${operation.method} ${path}`,
    operation,
    path,
  })),
);

/** An object of one environment for each segment that stands before a parameter, and what bodies name besides. */
export type Objects = Readonly<Record<string, string>>;

/** An id for each segment that no environment has. */
export const unknownObjects: Objects = {
  organizations: 'org_01HZZZZZZZZZZZZZZZZZZZZZZZ',
  external_id: 'nobody',
  users: 'user_01HZZZZZZZZZZZZZZZZZZZZZZZ',
  email_verification: 'email_verification_01HZZZZZZZZZZZZZZZZZZZZZZZ',
  password_reset: 'password_reset_01HZZZZZZZZZZZZZZZZZZZZZZZ',
  email: 'stranger@example.com',
  token: 'nobodyHasThisToken00000000',
  organization_memberships: 'om_01HZZZZZZZZZZZZZZZZZZZZZZZ',
  organization_domains: 'org_domain_01HZZZZZZZZZZZZZZZZZZZZZZZ',
  'organization-domains': 'org_domain_01HZZZZZZZZZZZZZZZZZZZZZZZ',
  redirect_uris: 'redir_01HZZZZZZZZZZZZZZZZZZZZZZZ',
  sign_out_redirects: 'redir_01HZZZZZZZZZZZZZZZZZZZZZZZ',
  cors_origins: 'cors_origin_01HZZZZZZZZZZZZZZZZZZZZZZZ',
  api_keys: 'environment_api_key_01HZZZZZZZZZZZZZZZZZZZZZZZ',
  environments: 'environment_01HZZZZZZZZZZZZZZZZZZZZZZZ',
  jobs: 'job_01HZZZZZZZZZZZZZZZZZZZZZZZ',
  hosts: 'nobody.example.com',
  signing_keys: 'key_01HZZZZZZZZZZZZZZZZZZZZZZZ',
  jwks: 'client_01HZZZZZZZZZZZZZZZZZZZZZZZ',
  _branding: 'client_01HZZZZZZZZZZZZZZZZZZZZZZZ',
  webhook_endpoints: 'we_01HZZZZZZZZZZZZZZZZZZZZZZZ',
  webhook_deliveries: 'webhook_delivery_01HZZZZZZZZZZZZZZZZZZZZZZZ',
  webhook_replays: 'webhook_replay_01HZZZZZZZZZZZZZZZZZZZZZZZ',
  roles: 'unheard-of',
  permissions: 'unheard:of',
};

/** Makes one object of each kind in the server's first environment. */
export async function makeObjects({ api, apiKey, install, clientId }: TestServer): Promise<Objects> {
  const organization = await api.post('/organizations', {
    name: 'Swept',
    external_id: 'swept',
    domain_data: [{ domain: 'swept-corp.com', state: 'pending' }],
  });
  const idOf = async (path: string, body: object): Promise<string> =>
    String((await api.post(path, body)).body.id);
  // The first of each is the default, which refuses to go: the second is swept.
  await idOf('/user_management/redirect_uris', { uri: 'https://first.example.com/' });
  await idOf('/management/sign_out_redirects', { uri: 'https://first.example.com/' });
  const host = 'swept.example.com';
  await install.post(`/environments/${clientId}/management/hosts`, { host, kind: 'auth' });
  const domain = String(organization.body.domains[0].id);
  const current = await api.get('/management/environment');
  const organizations = String(organization.body.id);
  const users = await idOf('/user_management/users', { email: 'known@example.com', external_id: 'swept' });
  const membership = { user_id: users, organization_id: organizations };
  await api.post(`/user_management/users/${users}/email_verification/send`);
  const { body: sent } = await api.get('/events?events=email_verification.created');
  const { body: reset } = await api.post('/user_management/password_reset', { email: 'known@example.com' });
  const webhookEndpoint = await idOf('/webhook_endpoints', {
    endpoint_url: 'http://127.0.0.1:9/swept',
    events: [],
  });
  const webhooks = `/management/webhook_endpoints/${webhookEndpoint}`;
  await api.post('/authorization/roles', { slug: 'auditor', name: 'Auditor' });
  await api.post('/authorization/permissions', { slug: 'bills:audit', name: 'Audit bills' });
  return {
    webhook_endpoints: webhookEndpoint,
    webhook_deliveries: await idOf(`${webhooks}/test`, { event: 'user.created' }),
    webhook_replays: await idOf(`${webhooks}/redeliver`, { since: '2026-01-01T00:00:00Z', include: 'all' }),
    organizations,
    roles: 'auditor',
    permissions: 'bills:audit',
    users,
    organization_memberships: await idOf('/user_management/organization_memberships', membership),
    email_verification: String(sent.data[0].data.id),
    password_reset: String(reset.id),
    email: 'known@example.com',
    token: String(reset.password_reset_token),
    external_id: 'swept',
    organization_domains: domain,
    'organization-domains': domain,
    redirect_uris: await idOf('/user_management/redirect_uris', { uri: 'https://swept.example.com/' }),
    sign_out_redirects: await idOf('/management/sign_out_redirects', { uri: 'https://swept.example.com/' }),
    cors_origins: await idOf('/user_management/cors_origins', { origin: 'https://swept.example.com' }),
    api_keys: await idOf('/management/api_keys', { name: `Not ${apiKey.slice(-4)}` }),
    environments: String(current.body.id),
    hosts: host,
    signing_keys: await idOf('/management/signing_keys/rotate', {}),
    jwks: clientId,
    _branding: clientId,
  };
}

/** Bodies that pass validation, so that nothing but the id can refuse the call. */
const bodies: Readonly<Record<string, (objects: Objects) => object>> = {
  'organizations.update': () => ({ name: 'Taken over' }),
  'organizations.update_settings': () => ({ admin_emails: ['mallory@example.com'] }),
  'organization_domains.create': ({ organizations }) => ({
    organization_id: organizations,
    domain: 'taken-corp.com',
  }),
  'users.update': () => ({ first_name: 'Taken over' }),
  'email_verifications.confirm': () => ({ code: '000000' }),
  'password_resets.create': ({ email }) => ({ email }),
  'password_resets.confirm': ({ token }) => ({ token, new_password: 'mauve otter quartz lantern' }),
  'organization_memberships.create': ({ users, organizations }) => ({
    user_id: users,
    organization_id: organizations,
  }),
  'organization_memberships.update': () => ({ role_slug: 'member' }),
  'permissions.update': () => ({ name: 'Taken over' }),
  'roles.update': () => ({ name: 'Taken over' }),
  'roles.set_permissions': () => ({ permissions: [] }),
  'roles.add_permission': ({ permissions }) => ({ slug: permissions }),
  'organization_roles.create': () => ({ name: 'Taken over' }),
  'organization_roles.update': () => ({ name: 'Taken over' }),
  'organization_roles.set_permissions': () => ({ permissions: [] }),
  'organization_roles.add_permission': ({ permissions }) => ({ slug: permissions }),
  'role_configuration.update_of_organization': () => ({ default_role_slug: 'member' }),
  'redirect_uris.update': () => ({ default: true }),
  'sign_out_redirects.update': () => ({ default: true }),
  'environments.update': () => ({ name: 'Taken over' }),
  'webhook_endpoints.update': () => ({ status: 'disabled' }),
  'webhook_endpoints.rotate_secret': () => ({ overlap_hours: 0 }),
  'webhook_endpoints.send_test': () => ({ event: 'user.created' }),
  'webhook_replays.start': () => ({ since: '2026-01-01T00:00:00Z', include: 'all' }),
};

/** What a list has to be asked, so that nothing but its other parameters can refuse the call. */
const neededQueries: Readonly<Record<string, (objects: Objects) => string>> = {
  'organization_memberships.list': ({ organizations }) => `organization_id=${organizations}`,
};

/** The keys that may call an operation in an environment, each with what its path begins with. */
export function callersOf(
  { operation }: Route,
  server: TestServer,
  { apiKey, clientId }: Pick<TestEnvironment, 'apiKey' | 'clientId'>,
): { key: string; prefix: string }[] {
  const isInside = operation.environmentFrom === 'principal';
  const callers: Partial<Record<PrincipalKind, { key: string; prefix: string }>> = {
    api_key: { key: apiKey, prefix: '' },
    install: { key: server.installKey, prefix: isInside ? `/environments/${clientId}` : '' },
    none: { key: apiKey, prefix: '' },
  };
  return operation.principals.flatMap((kind) => callers[kind] ?? []);
}

/** True when the call names an object, in its path or its body. */
export const namesObject = ({ path, operation }: Route): boolean =>
  path.includes('{') || operation.id in bodies || operation.id in neededQueries;

/** True for lists that are read in pages. */
export const isPaged = ({ operation: { query } }: Route): boolean =>
  query instanceof z.ZodObject && 'after' in query.shape;

/** The path with ids put in, what a list has to be asked, and `query`. @throws when a kind of object is missing above */
export function fill({ path, name, operation }: Route, objects: Objects, query = ''): string {
  const filled = path.replace(/([^/]+)\/\{\w+\}/g, (_, segment: string) => {
    const id = objects[segment];
    if (id === undefined) throw new Error(`${name}: add an object of '${segment}' to test/contract/sweep.ts`);
    return `${segment}/${id}`;
  });
  const needed = neededQueries[operation.id]?.(objects) ?? '';
  const whole = [needed, query].filter((part) => part !== '').join('&');
  return whole === '' ? filled : `${filled}?${whole}`;
}

/** A valid body, or undefined for an operation without one. @throws when it is missing above */
export function validBody({ operation, name }: Route, objects: Objects): object | undefined {
  if (operation.body === null) return undefined;
  const make = bodies[operation.id];
  if (!make) throw new Error(`${name}: add a valid body of ${operation.id} to test/contract/sweep.ts`);
  return make(objects);
}

export interface Answer {
  status: number;
  text: string;
  body: { code?: unknown; message?: unknown };
}

export interface Request {
  method: string;
  path: string;
  key?: string | null;
  body?: string | object | undefined;
  protocol?: Operation['protocol'];
}

/**
 * Calls, and checks what holds for every answer: a request id, never a 5xx, and for a refusal JSON with a message and
 * a code, or a page under the content security policy.
 */
export async function call(
  url: string,
  { method, path, key = null, body, protocol = 'api' }: Request,
): Promise<Answer> {
  const response = await fetch(url + path, {
    method,
    headers: {
      ...(key === null ? {} : { authorization: key.includes(' ') ? key : `Bearer ${key}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  const place = `${method} ${path} ${response.status}: ${text.slice(0, 200)}`;
  if (!/^req_[0-9A-Z]{26}$/.test(response.headers.get('x-request-id') ?? '')) {
    throw new Error(`no x-request-id: ${place}`);
  }
  if (response.status >= 500) throw new Error(`a failure of ours: ${place}`);
  if (response.status < 400) return { status: response.status, text, body: {} };
  const wanted = protocol === 'page' ? 'text/html' : 'application/json';
  if (!response.headers.get('content-type')?.startsWith(wanted)) {
    throw new Error(`a refusal that is not ${wanted}: ${place}`);
  }
  if (protocol === 'page' && !response.headers.has('content-security-policy')) {
    throw new Error(`a page without a policy: ${place}`);
  }
  if (protocol === 'page') return { status: response.status, text, body: {} };
  const parsed = JSON.parse(text) as Answer['body'];
  if (typeof parsed.message !== 'string' || typeof parsed.code !== 'string') {
    throw new Error(`a refusal without message and code: ${place}`);
  }
  return { status: response.status, text, body: parsed };
}

/** One hash over every row of an environment, in every table that has environments. */
export async function hashRows({ database, id }: TestServer): Promise<string> {
  const { rows: tables } = await database.pool.query<{ table_name: string }>(
    `select table_name from information_schema.columns
     where table_schema = 'public' and column_name = 'environment_id' order by table_name`,
  );
  const hash = createHash('sha256');
  for (const { table_name: name } of tables) {
    const { rows } = await database.pool.query<{ row: string }>(
      `select t::text as row from "${name}" t where environment_id = $1 order by 1`,
      [id],
    );
    hash.update(JSON.stringify([name, rows]));
  }
  const { rows: own } = await database.pool.query('select t::text from environment t where id = $1', [id]);
  return hash.update(JSON.stringify(own)).digest('hex');
}
