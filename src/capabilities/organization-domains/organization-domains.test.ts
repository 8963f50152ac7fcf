import { beforeAll, expect, test } from 'vitest';
import { useServer } from '../../../test/harness.ts';

const server = useServer();
const unknownId = 'org_domain_01HZZZZZZZZZZZZZZZZZZZZZZZ';
let organizationId: string;
let count = 0;

beforeAll(async () => {
  organizationId = (await server.api.post('/organizations', { name: 'Domains' })).body.id;
});

const add = async () => {
  count += 1;
  return server.api.post('/organization_domains', {
    organization_id: organizationId,
    domain: `d${count}-corp.com`,
  });
};

test('a new domain is pending, with the record that will prove it', async () => {
  const { status, body } = await add();
  expect(status).toBe(201);
  expect(body).toMatchObject({
    state: 'pending',
    verification_strategy: 'dns',
    organization_id: organizationId,
  });
  expect(body.id).toMatch(/^org_domain_/);
  expect(body.verification_prefix).toMatch(/^doorwright-domain-verification-[a-z0-9]{6}$/);
  expect(body.verification_token).toMatch(/^[A-Za-z0-9]{25}$/);
  expect((await server.api.get(`/organization_domains/${body.id}`)).body).toEqual(body);
  expect(await server.eventNames()).toContain('organization_domain.created');
});

test('the hyphenated spelling answers the same', async () => {
  const made = await server.api.post('/organization-domains', {
    organization_id: organizationId,
    domain: 'hy-corp.com',
  });
  expect(made.status).toBe(201);
  expect((await server.api.post(`/organization-domains/${made.body.id}/verify`)).status).toBe(201);
});

test('a domain that the organization lists answers 409; another organization may list it too', async () => {
  const { body } = await add();
  const repeat = await server.api.post('/organization_domains', {
    organization_id: organizationId,
    domain: body.domain.toUpperCase(),
  });
  expect([repeat.status, repeat.body.code]).toEqual([409, 'domain_already_exists']);
  const second = (await server.api.post('/organizations', { name: 'Second' })).body.id;
  const shared = await server.api.post('/organization_domains', {
    organization_id: second,
    domain: body.domain,
  });
  expect(shared.status).toBe(201);
});

test.each([
  ['gmail.com', 'consumer_domain'],
  ['co.uk', 'public_suffix'],
  ['github.io', 'public_suffix'],
  ['localhost', 'invalid_domain'],
  ['10.0.0.1', 'invalid_domain'],
  ['[::1]', 'invalid_domain'],
  ['a..b.com', 'invalid_domain'],
  ['exa mple.com', 'invalid_domain'],
  ['https://foo-corp.com', 'invalid_domain'],
  ['foo-corp.com/path', 'invalid_domain'],
])('%s is refused as %s', async (domain, code) => {
  const response = await server.api.post('/organization_domains', {
    organization_id: organizationId,
    domain,
  });
  expect(response.status).toBe(422);
  expect(response.body.errors).toEqual([expect.objectContaining({ field: 'domain', code })]);
});

test("an organization that does not exist, or is another environment's, answers 404", async () => {
  const unknown = { organization_id: 'org_01HZZZZZZZZZZZZZZZZZZZZZZZ', domain: 'x-corp.com' };
  expect((await server.api.post('/organization_domains', unknown)).status).toBe(404);
  const foreign = { organization_id: organizationId, domain: 'x-corp.com' };
  expect((await server.other.api.post('/organization_domains', foreign)).status).toBe(404);
});

test('verification starts again without changing a pending domain', async () => {
  const { body } = await add();
  const again = await server.api.post(`/organization_domains/${body.id}/verify`);
  expect([again.status, again.body]).toEqual([201, body]);
});

test('a manual verification holds: strategy manual, event, and no second time', async () => {
  const { body } = await add();
  const path = `/management/organization_domains/${body.id}/verify`;
  const { status, body: verified } = await server.api.post(path);
  expect(status).toBe(201);
  expect(verified).toMatchObject({ state: 'verified', verification_strategy: 'manual' });
  expect(verified).not.toHaveProperty('verification_token');
  expect(await server.eventNames()).toContain('organization_domain.verified');
  const repeat = await server.api.post(path);
  expect([repeat.status, repeat.body.code]).toEqual([400, 'domain_already_verified']);
  const restart = await server.api.post(`/organization_domains/${body.id}/verify`);
  expect([restart.status, restart.body.code]).toEqual([400, 'domain_already_verified']);
});

test('a failed domain can start again', async () => {
  const { body } = await add();
  await server.database.pool.query("update organization_domain set state = 'failed' where id = $1", [
    body.id,
  ]);
  const restarted = await server.api.post(`/organization_domains/${body.id}/verify`);
  expect(restarted.body).toMatchObject({ state: 'pending', verification_strategy: 'dns' });
  expect(restarted.body.verification_token).not.toBe(body.verification_token);
  expect(await server.eventNames()).toContain('organization_domain.updated');
});

test('a deleted domain is gone, with its event', async () => {
  const { body } = await add();
  expect((await server.api.delete(`/organization_domains/${body.id}`)).status).toBe(204);
  expect((await server.api.get(`/organization_domains/${body.id}`)).status).toBe(404);
  expect((await server.api.delete(`/organization_domains/${body.id}`)).status).toBe(404);
  expect(await server.eventNames()).toContain('organization_domain.deleted');
});

test('unknown ids, other environments and missing keys are refused by every operation', async () => {
  const { body } = await add();
  for (const id of [unknownId, body.id]) {
    const api = id === unknownId ? server.api : server.other.api;
    expect((await api.get(`/organization_domains/${id}`)).status).toBe(404);
    expect((await api.delete(`/organization_domains/${id}`)).status).toBe(404);
    expect((await api.post(`/organization_domains/${id}/verify`)).status).toBe(404);
    expect((await api.post(`/management/organization_domains/${id}/verify`)).status).toBe(404);
  }
  expect((await server.anonymous.get(`/organization_domains/${body.id}`)).status).toBe(401);
  expect((await server.anonymous.delete(`/organization_domains/${body.id}`)).status).toBe(401);
  expect((await server.anonymous.post(`/organization_domains/${body.id}/verify`)).status).toBe(401);
  expect((await server.anonymous.post(`/management/organization_domains/${body.id}/verify`)).status).toBe(
    401,
  );
  const input = { organization_id: organizationId, domain: 'nokey-corp.com' };
  expect((await server.anonymous.post('/organization_domains', input)).status).toBe(401);
});
