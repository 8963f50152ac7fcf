// What two nodes are asked at the same moment: one of them wins, the other is answered the documented refusal.
import { beforeAll, expect, test } from 'vitest';
import { type TestClient, type TestResponse, createClient } from '../../../test/client.ts';
import { useServer } from '../../../test/harness.ts';
import { makeMembership, makeOrganization, makeUser } from '../../../test/people.ts';
import { sql } from '../../platform/database/sql.ts';

const server = useServer();
const rounds = 25;
const memberships = '/user_management/organization_memberships';
let secondUrl: string;

beforeAll(async () => {
  secondUrl = (await server.startNode()).url;
  server.startJobs();
});

/** A new environment, and a client of it on either node. */
async function makeStage(): Promise<{ id: string; api: TestClient; second: TestClient }> {
  const { id, api, apiKey } = await server.addEnvironment('sandbox');
  return { id, api, second: createClient(secondUrl, apiKey) };
}

const outcomes = (answers: readonly TestResponse[]): string[] =>
  answers.map(({ status, body }) => (status < 300 ? 'done' : `${status} ${body.code}`)).toSorted();

const untilNothingIsDeleted = (environmentId: string) =>
  expect
    .poll(
      () =>
        server.database.many(sql`
          select id from role where environment_id = ${environmentId} and deleted_at is not null
          union all select id from job where environment_id = ${environmentId}`),
      { timeout: 20_000 },
    )
    .toEqual([]);

/** Memberships that hold a role that is not there, or none. */
const orphans = (environmentId: string) =>
  server.database.many(sql`
    select membership.id from membership
    where membership.environment_id = ${environmentId} and not exists (
      select from membership_role join role
        on role.environment_id = membership_role.environment_id and role.id = membership_role.role_id
      where membership_role.environment_id = membership.environment_id
        and membership_role.membership_id = membership.id and role.deleted_at is null)`);

test('one slug is made once, of roles, of organizations’ roles and of permissions', async () => {
  const { api, second } = await makeStage();
  const organizationId = await makeOrganization(api);
  const paths = [
    ['/authorization/roles', 'role_slug_conflict', 'role'],
    ['/authorization/permissions', 'permission_slug_conflict', 'permission'],
    [`/authorization/organizations/${organizationId}/roles`, 'organization_role_slug_conflict', 'org-role'],
  ] as const;
  for (const [path, code, prefix] of paths) {
    for (let round = 0; round < rounds; round += 1) {
      const body = { slug: `${prefix}-${round}`, name: 'Raced' };
      const answers = await Promise.all([api.post(path, body), second.post(path, body)]);
      expect(outcomes(answers)).toEqual([`409 ${code}`, 'done']);
    }
  }
});

test('a slug that begins with org- is the environment’s or an organization’s, never both', async () => {
  const { api, second } = await makeStage();
  const path = `/authorization/organizations/${await makeOrganization(api)}/roles`;
  for (let round = 0; round < rounds; round += 1) {
    const body = { slug: `org-${round}`, name: 'Raced' };
    const answers = await Promise.all([api.post('/authorization/roles', body), second.post(path, body)]);
    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 409]);
  }
});

test('a role that is deleted while it is given is held by nobody in the end', async () => {
  const { id, api, second } = await makeStage();
  const organization_id = await makeOrganization(api);
  for (let round = 0; round < rounds; round += 1) {
    const slug = `short-lived-${round}`;
    await api.post('/authorization/roles', { slug, name: 'Short-lived' });
    const users = await Promise.all([makeUser(api), makeUser(api), makeUser(api)]);
    const { id: present } = await makeMembership(api, { organization_id });
    const [deleted, ...given] = await Promise.all([
      second.delete(`/management/roles/${slug}`),
      api.put(`${memberships}/${present}`, { role_slug: slug }),
      ...users.map((user_id) => api.post(memberships, { user_id, organization_id, role_slug: slug })),
    ]);
    expect(deleted?.status).toBe(202);
    for (const outcome of outcomes(given)) expect(['done', '422 invalid_role']).toContain(outcome);
  }
  await untilNothingIsDeleted(id);
  expect(await orphans(id)).toEqual([]);
});

test('an organization’s role that is deleted while it is given is either held or gone', async () => {
  const { id, api, second } = await makeStage();
  for (let round = 0; round < rounds; round += 1) {
    const { id: membershipId, organization_id } = await makeMembership(api);
    const path = `/authorization/organizations/${organization_id}/roles`;
    await api.post(path, { slug: 'org-raced', name: 'Raced' });
    const answers = await Promise.all([
      second.delete(`${path}/org-raced`),
      api.put(`${memberships}/${membershipId}`, { role_slug: 'org-raced' }),
    ]);
    expect([
      ['409 role_has_assignments', 'done'],
      ['422 invalid_role', 'done'],
    ]).toContainEqual(outcomes(answers));
  }
  expect(await orphans(id)).toEqual([]);
});

test('a role is made the default or deleted, never both', async () => {
  const { id, api, second } = await makeStage();
  const organizationId = await makeOrganization(api);
  await api.post(`/authorization/organizations/${organizationId}/roles`, { slug: 'org-own', name: 'Own' });
  const configurations = [
    ['/management/role_configuration', '409 role_is_default'],
    [`/management/organizations/${organizationId}/role_configuration`, '409 role_is_organization_default'],
  ] as const;
  for (const [path, refusal] of configurations) {
    for (let round = 0; round < rounds; round += 1) {
      await api.post('/authorization/roles', { slug: 'contested', name: 'Contested' });
      const answers = await Promise.all([
        second.delete('/management/roles/contested'),
        api.patch(path, { default_role_slug: 'contested' }),
      ]);
      const [first] = outcomes(answers);
      expect([refusal, '422 validation_failed']).toContain(first);
      await api.patch(path, { default_role_slug: 'member' });
      await api.delete('/management/roles/contested');
      await untilNothingIsDeleted(id);
    }
  }
});

test('who joins while the default of the organization is replaced and deleted has the one or the other', async () => {
  const { id, api, second } = await makeStage();
  for (let round = 0; round < rounds; round += 1) {
    for (const slug of ['former', 'next']) await api.post('/authorization/roles', { slug, name: slug });
    const organization_id = await makeOrganization(api);
    await api.post(`/authorization/organizations/${organization_id}/roles`, { slug: 'org-own', name: 'Own' });
    await api.patch(`/management/organizations/${organization_id}/role_configuration`, {
      default_role_slug: 'former',
    });
    // Every second time somebody holds it, so that its row stays for a job.
    if (round % 2 === 0) await makeMembership(api, { role_slug: 'former' });
    const users = await Promise.all([makeUser(api), makeUser(api), makeUser(api), makeUser(api)]);
    const [deleted, ...joined] = await Promise.all([
      second.delete('/management/roles/former?replacement_role_slug=next'),
      ...users.map((user_id) => api.post(memberships, { user_id, organization_id })),
    ]);
    expect(deleted?.status).toBe(202);
    expect(outcomes(joined)).toEqual(users.map(() => 'done'));
    await untilNothingIsDeleted(id);
  }
  expect(await orphans(id)).toEqual([]);
}, 60_000);

test('a permission that is deleted while it is given is in no role', async () => {
  const { api, second } = await makeStage();
  const path = '/authorization/roles/member';
  for (let round = 0; round < rounds; round += 1) {
    const slug = `fleeting:${round}`;
    await api.post('/authorization/permissions', { slug, name: slug });
    const [deleted, given] = await Promise.all([
      second.delete(`/authorization/permissions/${slug}`),
      api.post(`${path}/permissions`, { slug }),
    ]);
    expect(deleted.status).toBe(204);
    expect([200, 404]).toContain(given.status);
    expect((await api.get(path)).body.permissions).toEqual([]);
  }
});

test('permissions that are added at once are all there', async () => {
  const { api, second } = await makeStage();
  const slugs = Array.from({ length: rounds }, (_, index) => `p${String(index).padStart(2, '0')}`);
  for (const slug of slugs) await api.post('/authorization/permissions', { slug, name: slug });
  const add = (slug: string, index: number) =>
    (index % 2 === 0 ? api : second).post('/authorization/roles/member/permissions', { slug });
  await Promise.all(slugs.map(add));
  expect((await api.get('/authorization/roles/member')).body.permissions).toEqual(slugs);
});

test('nobody is given several roles across the moment in which that is switched off', async () => {
  const { id, api, second } = await makeStage();
  await api.post('/authorization/roles', { slug: 'extra', name: 'Extra' });
  const setMode = (isMultiple: boolean) =>
    api.patch('/management/settings', { roles: { multiple_roles_enabled: isMultiple } });
  for (let round = 0; round < rounds; round += 1) {
    await setMode(true);
    const made = await Promise.all([makeMembership(api), makeMembership(api), makeMembership(api)]);
    const [, ...given] = await Promise.all([
      setMode(false),
      ...made.map((membership) =>
        second.put(`${memberships}/${membership.id}`, { role_slugs: ['member', 'extra'] }),
      ),
    ]);
    for (const outcome of outcomes(given))
      expect(['done', '422 multiple_roles_not_enabled']).toContain(outcome);
    await untilNothingIsDeleted(id);
    const several = await server.database.many(sql`
      select membership_id from membership_role where environment_id = ${id} group by 1 having count(*) > 1`);
    expect(several).toEqual([]);
  }
}, 60_000);
