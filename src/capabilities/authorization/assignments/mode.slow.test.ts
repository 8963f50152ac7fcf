import { beforeAll, expect, test } from 'vitest';
import type { TestClient } from '../../../../test/client.ts';
import { type TestEnvironment, useServer } from '../../../../test/harness.ts';
import { inEnvironment, lastEvent, makeMembership, makeOrganization } from '../../../../test/people.ts';
import { sql } from '../../../platform/database/sql.ts';
import { keepFirstRoleJob } from './jobs.ts';

const server = useServer();
const memberships = '/user_management/organization_memberships';

const setMode = (api: TestClient, isMultiple: boolean) =>
  api.patch('/management/settings', { roles: { multiple_roles_enabled: isMultiple } });

async function makeEnvironment(): Promise<TestEnvironment> {
  const environment = await server.addEnvironment('sandbox');
  for (const slug of ['editor', 'owner']) {
    await environment.api.post('/authorization/roles', { slug, name: slug });
  }
  await setMode(environment.api, true);
  return environment;
}

const slugsOf = async (api: TestClient, id: string): Promise<string[]> =>
  (await api.get(`${memberships}/${id}`)).body.roles.map(({ slug }: { slug: string }) => slug);

beforeAll(() => void server.startJobs());

test('switched off, each membership keeps its role of highest priority, with an event for those that lost one', async () => {
  const { api } = await makeEnvironment();
  await api.patch('/management/role_configuration', { role_slugs: ['owner', 'editor', 'member'] });
  const several = await makeMembership(api, { role_slugs: ['member', 'editor'] });
  const one = await makeMembership(api, { role_slugs: ['owner'] });
  const inactive = await makeMembership(api, { role_slugs: ['owner', 'member'] });
  await api.put(`${memberships}/${inactive.id}/deactivate`);
  const organizationId = await makeOrganization(api);
  await api.post(`/authorization/organizations/${organizationId}/roles`, { slug: 'org-own', name: 'Own' });
  await api.patch(`/management/organizations/${organizationId}/role_configuration`, {
    role_slugs: ['org-own', 'member', 'editor', 'owner'],
  });
  const ofOwnOrder = await makeMembership(api, {
    organization_id: organizationId,
    role_slugs: ['owner', 'editor'],
  });
  const mark = await lastEvent(api);
  await setMode(api, false);
  await expect.poll(() => slugsOf(api, ofOwnOrder.id), { timeout: 20_000 }).toEqual(['editor']);
  expect(await slugsOf(api, several.id)).toEqual(['editor']);
  expect(await slugsOf(api, one.id)).toEqual(['owner']);
  expect(await slugsOf(api, inactive.id)).toEqual(['owner']);
  const { body } = await api.get(`/events?after=${mark}`);
  expect(body.data).toMatchObject([
    {
      event: 'organization_membership.updated',
      data: { id: several.id, roles: [{ slug: 'editor' }] },
      context: { previous_attributes: { roles: [{ slug: 'editor' }, { slug: 'member' }] } },
    },
    { data: { id: inactive.id, status: 'inactive', roles: [{ slug: 'owner' }] } },
    { data: { id: ofOwnOrder.id, roles: [{ slug: 'editor' }] } },
  ]);
  expect(body.data).toHaveLength(3);
});

test('goes on where it stopped, and stops when it is switched on again', async () => {
  const { api, id } = await makeEnvironment();
  const first = await makeMembership(api, { role_slugs: ['owner', 'editor'] });
  const second = await makeMembership(api, { role_slugs: ['owner', 'editor'] });
  const run = (after: string) =>
    inEnvironment({ ...server, id }, async (tx) => keepFirstRoleJob.run?.(tx, { after }));
  await run('');
  expect(await slugsOf(api, first.id)).toEqual(['editor', 'owner']);
  await server.database.run(sql`
    update environment_setting set value = '{"multiple_roles_enabled":false}'
    where environment_id = ${id} and name = 'roles'`);
  await run(first.id);
  expect(await slugsOf(api, first.id)).toEqual(['editor', 'owner']);
  expect(await slugsOf(api, second.id)).toEqual(['editor']);
});

test('switching it on, or off where it was off, moves nobody', async () => {
  const { api, id: environmentId } = await makeEnvironment();
  const { id } = await makeMembership(api, { role_slugs: ['owner', 'editor'] });
  const jobs = async () =>
    server.database.many(
      sql`select 1 from job where kind = 'roles.keep_first' and environment_id = ${environmentId}`,
    );
  await setMode(api, true);
  await api.patch('/management/settings', { urls: { app_homepage_url: null } });
  expect(await jobs()).toEqual([]);
  expect(await slugsOf(api, id)).toEqual(['editor', 'owner']);
});
