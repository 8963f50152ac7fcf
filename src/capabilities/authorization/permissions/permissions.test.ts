import { describe, expect, test } from 'vitest';
import { useServer } from '../../../../test/harness.ts';
import { inEnvironment, lastEvent, makeMembership, makeOrganization } from '../../../../test/people.ts';
import { sql } from '../../../platform/database/sql.ts';
import { accessOfMembership } from '../access/store.ts';
import { systemPermissions } from './system.ts';

const server = useServer();
const path = '/authorization/permissions';
const timestamp = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

const make = (slug: string, fields: object = {}) => server.api.post(path, { slug, name: slug, ...fields });

describe('create', () => {
  test('answers the permission and emits permission.created', async () => {
    const mark = await lastEvent(server.api).catch(() => undefined);
    const { status, body } = await make('posts:read', { name: ' Read posts ', description: 'Reads them' });
    expect(status).toBe(201);
    expect(body).toEqual({
      object: 'permission',
      id: expect.stringMatching(/^perm_[0-9A-Z]{26}$/),
      slug: 'posts:read',
      name: 'Read posts',
      description: 'Reads them',
      system: false,
      resource_type_slug: 'organization',
      created_at: expect.stringMatching(timestamp),
      updated_at: body.created_at,
    });
    const { body: events } = await server.api.get(`/events${mark ? `?after=${mark}` : ''}`);
    expect(events.data.at(-1)).toMatchObject({ event: 'permission.created', data: body });
    expect((await server.api.get(`${path}/posts:read`)).body).toEqual(body);
  });

  test.each([
    ['every character that a slug may have', 'a-z_0:9.*', 201],
    ['48 characters', 's'.repeat(48), 201],
    ['what would be a property of every object', '__proto__', 201],
    ['49 characters', 's'.repeat(49), 422],
    ['nothing', '', 422],
    ['a dot', '.', 422],
    ['two dots', '..', 422],
    ['dots and more', '..a', 201],
    ['capitals', 'Posts:read', 422],
    ['a blank', 'posts read', 422],
    ['a slash', 'posts/read', 422],
    ['another alphabet that looks alike', 'pоsts:read', 422],
    ['a line break at the end', 'posts:list\n', 422],
  ])('a slug of %s: %s is answered %i', async (_, slug, status) => {
    expect((await make(slug, { name: 'Any' })).status).toBe(status);
  });

  test.each([
    ['a name of 49 characters', { name: 'n'.repeat(49) }],
    ['a blank name', { name: '  ' }],
    ['a name of two lines', { name: 'Read\nposts' }],
    ['a name that turns its direction', { name: 'Read \u202estsop' }],
    ['a description of 151 characters', { description: 'd'.repeat(151) }],
    ['a name that is no text', { name: 7 }],
  ])('%s is refused with 422', async (_, fields) => {
    const { status, body } = await make('never:made', fields);
    expect([status, body.code]).toEqual([422, 'validation_failed']);
    expect((await server.api.get(`${path}/never:made`)).status).toBe(404);
  });

  test('a slug is one permission’s, in each environment', async () => {
    await make('taken');
    const { status, body } = await make('taken');
    expect([status, body.code]).toEqual([409, 'permission_slug_conflict']);
    expect((await server.other.api.post(path, { slug: 'taken', name: 'Free there' })).status).toBe(201);
  });

  test('an unknown resource type is answered 404', async () => {
    const { status, body } = await make('apps:read', { resource_type_slug: 'app' });
    expect([status, body.code]).toEqual([404, 'entity_not_found']);
  });
});

describe('list', () => {
  test('pages through all, those of the product included', async () => {
    const { api } = await server.addEnvironment('sandbox');
    await api.post(path, { slug: 'own', name: 'Own' });
    const slugs: string[] = [];
    for (let after = ''; ;) {
      const { body } = await api.get(`${path}?limit=3${after}`);
      slugs.push(...body.data.map(({ slug }: { slug: string }) => slug));
      if (body.list_metadata.after === null) break;
      after = `&after=${body.list_metadata.after}`;
    }
    expect(slugs[0]).toBe('own');
    expect(slugs.toSorted()).toEqual(['own', ...systemPermissions.map(({ slug }) => slug)].toSorted());
    expect((await api.get(`${path}?after=perm_01HZZZZZZZZZZZZZZZZZZZZZZZ`)).status).toBe(422);
  });
});

describe('update', () => {
  test('changes what is given, null clears, and the slug stays', async () => {
    await make('renamed', { description: 'Old' });
    const mark = await lastEvent(server.api);
    const { status, body } = await server.api.patch(`${path}/renamed`, {
      name: 'New',
      description: null,
      slug: 'other',
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({ slug: 'renamed', name: 'New', description: null });
    const { body: events } = await server.api.get(`/events?after=${mark}`);
    expect(events.data).toMatchObject([
      {
        event: 'permission.updated',
        data: body,
        context: { previous_attributes: { name: 'renamed', description: 'Old' } },
      },
    ]);
  });

  test('the same again changes nothing and tells nothing', async () => {
    const { body: made } = await make('unchanged');
    const mark = await lastEvent(server.api);
    expect((await server.api.patch(`${path}/unchanged`, { name: 'unchanged' })).body).toEqual(made);
    expect((await server.api.patch(`${path}/unchanged`, {})).body).toEqual(made);
    expect(await server.eventNames(mark)).toEqual([]);
  });

  test.each([
    ['a long name', { name: 'n'.repeat(49) }, 422],
    ['a name of nothing', { name: null }, 422],
  ])('%s is refused', async (_, fields, status) => {
    await make('kept');
    expect((await server.api.patch(`${path}/kept`, fields)).status).toBe(status);
  });

  test('an unknown one, and that of another environment, is answered 404', async () => {
    await server.other.api.post(path, { slug: 'theirs', name: 'Theirs' });
    for (const slug of ['theirs', 'nothing']) {
      expect((await server.api.patch(`${path}/${slug}`, { name: 'Mine' })).status).toBe(404);
      expect((await server.api.delete(`${path}/${slug}`)).status).toBe(404);
    }
  });
});

describe('those of the product', () => {
  test('are marked, can be given, and neither changed nor deleted', async () => {
    const slug = 'widgets:users-table:manage';
    expect((await server.api.get(`${path}/${slug}`)).body).toMatchObject({ system: true });
    for (const { status, body } of [
      await server.api.patch(`${path}/${slug}`, { name: 'Mine' }),
      await server.api.delete(`${path}/${slug}`),
    ]) {
      expect([status, body.code]).toEqual([403, 'system_permission']);
    }
    const { body } = await server.api.post('/authorization/roles/member/permissions', { slug });
    expect(body.permissions).toEqual([slug]);
  });
});

describe('delete', () => {
  test('takes it from every role, each with its event, and frees the slug', async () => {
    await make('gone');
    await make('stays');
    const organizationId = await makeOrganization(server.api);
    const ofOrganization = `/authorization/organizations/${organizationId}/roles`;
    await server.api.post('/authorization/roles', { slug: 'losing', name: 'Losing' });
    await server.api.post(ofOrganization, { slug: 'org-losing', name: 'Losing' });
    for (const role of ['/authorization/roles/losing', `${ofOrganization}/org-losing`]) {
      await server.api.put(`${role}/permissions`, { permissions: ['gone', 'stays'] });
    }
    const mark = await lastEvent(server.api);
    expect((await server.api.delete(`${path}/gone`)).status).toBe(204);
    expect((await server.api.delete(`${path}/gone`)).status).toBe(404);
    const { body } = await server.api.get(`/events?after=${mark}`);
    const told = {
      data: { permissions: ['stays'] },
      context: { previous_attributes: { permissions: ['gone', 'stays'] } },
    };
    expect(body.data).toMatchObject([
      { event: 'permission.deleted', data: { slug: 'gone' } },
      { event: 'role.updated', ...told },
      { event: 'organization_role.updated', ...told },
    ]);
    expect((await server.api.get('/authorization/roles/losing')).body.permissions).toEqual(['stays']);
    expect((await make('gone')).status).toBe(201);
  });

  test('from very many roles a job takes it; none grants it meanwhile, and the slug is free when it is through', async () => {
    const organizationId = await makeOrganization(server.api);
    await make('popular');
    await make('other');
    await inEnvironment(server, (tx) =>
      tx.run(sql`
        insert into role (environment_id, id, organization_id, slug, name, priority, is_default, permissions,
          created_at, updated_at)
        select ${tx.environmentId}, 'role_01MANY' || lpad(n::text, 20, '0'), ${organizationId}, 'org-many-' || n,
          'Many', 0, false, array['other', 'popular'], ${tx.now}, ${tx.now}
        from generate_series(1, 450) as n`),
    );
    const rolesPath = `/authorization/organizations/${organizationId}/roles`;
    const holder = await makeMembership(server.api, {
      organization_id: organizationId,
      role_slug: 'org-many-450',
    });
    const mark = await lastEvent(server.api);
    expect((await server.api.delete(`${path}/popular`)).status).toBe(204);
    expect((await server.api.get(`${path}/popular`)).status).toBe(404);
    const { body: list } = await server.api.get(rolesPath);
    const granted = list.data.flatMap(({ permissions }: { permissions: string[] }) => permissions);
    expect(granted).not.toContain('popular');
    const { body: access } = await server.api.get(`/management/organization_memberships/${holder.id}/access`);
    expect(access.permissions.map(({ slug }: { slug: string }) => slug)).toEqual(['other']);
    const { access: inTokens } = await server.database.one<{ access: object }>(sql`
      select ${accessOfMembership} as access from membership where id = ${holder.id}`);
    expect(inTokens).toEqual({ role: 'org-many-450', roles: ['org-many-450'], permissions: ['other'] });
    // What a role grants can be sent back as it is; its event tells what the one before had told.
    const own = `${rolesPath}/org-many-449/permissions`;
    const { status, body: kept } = await server.api.put(own, { permissions: ['other'] });
    expect([status, kept.permissions]).toEqual([200, ['other']]);
    expect(
      (await server.api.put('/authorization/roles/member/permissions', { permissions: ['popular'] })).status,
    ).toBe(404);
    expect((await make('popular')).status).toBe(409);
    server.startJobs();
    await expect.poll(async () => (await make('popular')).status, { timeout: 20_000 }).toBe(201);
    const events = await server.database.many<{ role: string; count: number }>(sql`
      select data ->> 'slug' as role, count(*)::int as count from event
      where environment_id = ${server.id} and type = 'organization_role.updated' and id > ${mark}
        and data ->> 'slug' like 'org-many-%'
      group by 1`);
    expect(events).toHaveLength(450);
    expect(events.every(({ count }) => count === 1)).toBe(true);
    const previous = await server.database.many(sql`
      select distinct (context -> 'previous_attributes')::jsonb as before, (data -> 'permissions')::jsonb as after from event
      where environment_id = ${server.id} and type = 'organization_role.updated' and id > ${mark}
        and data ->> 'slug' like 'org-many-%'`);
    expect(previous).toEqual([{ before: { permissions: ['other', 'popular'] }, after: ['other'] }]);
  });
});

test('nothing is done without a key', async () => {
  expect((await server.anonymous.get(path)).status).toBe(401);
  expect((await server.anonymous.post(path, { slug: 'any', name: 'Any' })).status).toBe(401);
});

test('an environment has at most 5,000', async () => {
  const { api, id } = await server.addEnvironment('sandbox');
  await inEnvironment(server, (tx) =>
    tx.run(sql`
      insert into permission (environment_id, id, slug, name, is_system, resource_type_slug, created_at, updated_at)
      select ${id}, 'perm_01MANY' || lpad(n::text, 20, '0'), 'many-' || n, 'Many', false, 'organization',
        ${tx.now}, ${tx.now}
      from generate_series(1, 4992) as n`),
  );
  expect((await api.post(path, { slug: 'last', name: 'Last' })).status).toBe(201);
  const { status, body } = await api.post(path, { slug: 'beyond', name: 'Beyond' });
  expect([status, body.code]).toEqual([422, 'permission_limit_reached']);
});
