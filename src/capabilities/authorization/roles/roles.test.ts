import { describe, expect, test } from 'vitest';
import { useServer } from '../../../../test/harness.ts';
import { inEnvironment, lastEvent } from '../../../../test/people.ts';
import { sql } from '../../../platform/database/sql.ts';

const server = useServer();
const path = '/authorization/roles';
const timestamp = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

const make = (slug: string, fields: object = {}) => server.api.post(path, { slug, name: slug, ...fields });
const permit = (...slugs: string[]) =>
  Promise.all(slugs.map((slug) => server.api.post('/authorization/permissions', { slug, name: slug })));

describe('create', () => {
  test('answers the role and emits role.created', async () => {
    const { body: first } = await make('first');
    expect(first.description).toBeNull();
    const mark = await lastEvent(server.api);
    const { status, body } = await make('editor', { name: ' Editor ', description: 'Writes' });
    expect(status).toBe(201);
    expect(body).toEqual({
      object: 'role',
      id: expect.stringMatching(/^role_[0-9A-Z]{26}$/),
      slug: 'editor',
      name: 'Editor',
      description: 'Writes',
      type: 'EnvironmentRole',
      resource_type_slug: 'organization',
      permissions: [],
      created_at: expect.stringMatching(timestamp),
      updated_at: body.created_at,
    });
    const { body: events } = await server.api.get(`/events?after=${mark}`);
    expect(events.data).toMatchObject([{ event: 'role.created' }]);
    expect(events.data[0].data).toEqual({
      object: 'role',
      slug: 'editor',
      resource_type_slug: 'organization',
      permissions: [],
      created_at: body.created_at,
      updated_at: body.updated_at,
    });
    expect((await server.api.get(`${path}/editor`)).body).toEqual(body);
  });

  test.each([
    ['every character that a slug may have', 'a-z_09', 201],
    ['48 characters', 's'.repeat(48), 201],
    ['the beginning of an organization’s', 'org-member', 201],
    ['what would be a property of every object', '__proto__', 201],
    ['49 characters', 's'.repeat(49), 422],
    ['nothing', '', 422],
    ['capitals', 'Editor', 422],
    ['a colon', 'posts:editor', 422],
    ['another alphabet that looks alike', 'еditor', 422],
  ])('a slug of %s: %s is answered %i', async (_, slug, status) => {
    expect((await make(slug, { name: 'Any' })).status).toBe(status);
  });

  test.each([
    ['no name', { name: undefined }],
    ['a name of 49 characters', { name: 'n'.repeat(49) }],
    ['a description of 151 characters', { description: 'd'.repeat(151) }],
    ['a name of two lines', { name: 'Editor\u2028Owner' }],
    ['a name with a control character', { name: 'Editor\u0007' }],
  ])('%s is refused with 422', async (_, fields) => {
    const { status, body } = await make('never-made', fields);
    expect([status, body.code]).toEqual([422, 'validation_failed']);
    expect((await server.api.get(`${path}/never-made`)).status).toBe(404);
  });

  test('a description of blanks is none', async () => {
    const { body } = await make('undescribed', { description: ' ' });
    expect(body.description).toBeNull();
    const changed = await server.api.patch(`${path}/undescribed`, { description: '' });
    expect([changed.status, changed.body]).toEqual([200, body]);
  });

  test('a name of 48 and a description of 150 characters are kept', async () => {
    const fields = { name: 'n'.repeat(48), description: 'd'.repeat(150) };
    const { status, body } = await make('longest', fields);
    expect(status).toBe(201);
    expect(body).toMatchObject(fields);
  });

  test('a slug is one role’s, in each environment', async () => {
    await make('taken');
    const { status, body } = await make('taken');
    expect([status, body.code]).toEqual([409, 'role_slug_conflict']);
    expect((await server.other.api.post(path, { slug: 'taken', name: 'Free there' })).status).toBe(201);
  });

  test('an unknown resource type is answered 404', async () => {
    expect((await make('any', { resource_type_slug: 'app' })).status).toBe(404);
  });

  test('an environment has at most 500', async () => {
    const { api, id } = await server.addEnvironment('sandbox');
    await inEnvironment(server, (tx) =>
      tx.run(sql`
        insert into role (environment_id, id, slug, name, priority, is_default, created_at, updated_at)
        select ${id}, 'role_01MANY' || lpad(n::text, 20, '0'), 'many-' || n, 'Many', n, false, ${tx.now}, ${tx.now}
        from generate_series(1, 498) as n`),
    );
    expect((await api.post(path, { slug: 'last', name: 'Last' })).status).toBe(201);
    const { status, body } = await api.post(path, { slug: 'beyond', name: 'Beyond' });
    expect([status, body.code]).toEqual([422, 'role_limit_reached']);
  });
});

test('a list is whole and in the order of priority, a new role at the bottom', async () => {
  const { api } = await server.addEnvironment('sandbox');
  for (const slug of ['zebra', 'ant', 'bear']) await api.post(path, { slug, name: slug });
  const { status, body } = await api.get(path);
  expect(status).toBe(200);
  expect(Object.keys(body).toSorted()).toEqual(['data', 'object']);
  expect(body.data.map(({ slug }: { slug: string }) => slug)).toEqual(['member', 'zebra', 'ant', 'bear']);
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
        event: 'role.updated',
        data: { slug: 'renamed' },
        context: { previous_attributes: { name: 'renamed', description: 'Old' } },
      },
    ]);
    expect((await server.api.get(`${path}/other`)).status).toBe(404);
  });

  test('the same again changes nothing and tells nothing', async () => {
    const { body: made } = await make('unchanged');
    const mark = await lastEvent(server.api);
    expect((await server.api.patch(`${path}/unchanged`, { name: 'unchanged' })).body).toEqual(made);
    expect((await server.api.patch(`${path}/unchanged`, {})).body).toEqual(made);
    expect(await server.eventNames(mark)).toEqual([]);
  });

  test('what is malformed is refused with 422', async () => {
    await make('kept');
    for (const fields of [{ name: '' }, { name: 'n'.repeat(49) }, { description: 'd'.repeat(151) }]) {
      expect((await server.api.patch(`${path}/kept`, fields)).status).toBe(422);
    }
  });
});

describe('permissions', () => {
  test('are replaced as a set, sorted, and cleared by an empty list', async () => {
    await make('replaced');
    await permit('b', 'a', 'c');
    const put = (permissions: string[]) => server.api.put(`${path}/replaced/permissions`, { permissions });
    expect((await put(['c', 'a', 'a'])).body.permissions).toEqual(['a', 'c']);
    const mark = await lastEvent(server.api);
    const { status, body } = await put(['b']);
    expect([status, body.permissions]).toEqual([200, ['b']]);
    expect((await put(['b'])).body).toEqual(body);
    expect((await put([])).body.permissions).toEqual([]);
    const { body: events } = await server.api.get(`/events?after=${mark}`);
    expect(events.data).toMatchObject([
      {
        event: 'role.updated',
        data: { slug: 'replaced', permissions: ['b'] },
        context: { previous_attributes: { permissions: ['a', 'c'] } },
      },
      { event: 'role.updated', data: { permissions: [] } },
    ]);
  });

  test('one is added, and added again changes nothing', async () => {
    await make('growing');
    await permit('d', 'e');
    const add = (slug: string) => server.api.post(`${path}/growing/permissions`, { slug });
    await add('e');
    const { status, body } = await add('d');
    expect([status, body.permissions]).toEqual([200, ['d', 'e']]);
    const mark = await lastEvent(server.api);
    expect((await add('d')).body).toEqual(body);
    expect(await server.eventNames(mark)).toEqual([]);
  });

  test('an unknown one, or that of another environment, is answered 404 and nothing is changed', async () => {
    await make('careful');
    await permit('known');
    await server.other.api.post('/authorization/permissions', { slug: 'foreign', name: 'Foreign' });
    for (const slug of ['unknown', 'foreign', 'Not A Slug']) {
      const { status, body } = await server.api.put(`${path}/careful/permissions`, {
        permissions: ['known', slug],
      });
      expect([status, body.code, body.entity_id]).toEqual([404, 'entity_not_found', slug]);
      expect((await server.api.post(`${path}/careful/permissions`, { slug })).status).toBe(404);
    }
    expect((await server.api.get(`${path}/careful`)).body.permissions).toEqual([]);
  });

  test('what is malformed is refused with 422', async () => {
    await make('strict');
    for (const body of [{}, { permissions: 'a' }, { permissions: [1] }, { permissions: [''] }]) {
      expect((await server.api.put(`${path}/strict/permissions`, body)).status).toBe(422);
    }
    const many = Array.from({ length: 2_501 }, (_, index) => `p${index}`);
    expect((await server.api.put(`${path}/strict/permissions`, { permissions: many })).status).toBe(422);
    expect((await server.api.post(`${path}/strict/permissions`, {})).status).toBe(422);
  });

  test('a role has at most 2,500, one by one too', async () => {
    const { api, id } = await server.addEnvironment('sandbox');
    await inEnvironment(server, (tx) =>
      tx.run(sql`
        insert into permission (environment_id, id, slug, name, is_system, resource_type_slug, created_at, updated_at)
        select ${id}, 'perm_01MANY' || lpad(n::text, 20, '0'), 'p' || n, 'Many', false, 'organization',
          ${tx.now}, ${tx.now}
        from generate_series(1, 2501) as n`),
    );
    const most = Array.from({ length: 2_500 }, (_, index) => `p${index + 1}`);
    const { status, body } = await api.put(`${path}/member/permissions`, { permissions: most });
    expect([status, body.permissions.length]).toEqual([200, 2_500]);
    expect((await api.post(`${path}/member/permissions`, { slug: 'p2501' })).status).toBe(422);
    expect((await api.post(`${path}/member/permissions`, { slug: 'p1' })).status).toBe(200);
  });
});

test('an unknown role is answered 404 by everything, and no key 401', async () => {
  await server.other.api.post(path, { slug: 'theirs', name: 'Theirs' });
  for (const slug of ['theirs', 'unheard-of']) {
    const one = `${path}/${slug}`;
    for (const answer of [
      await server.api.get(one),
      await server.api.patch(one, { name: 'Mine' }),
      await server.api.put(`${one}/permissions`, { permissions: [] }),
      await server.api.post(`${one}/permissions`, { slug: 'widgets:sso:manage' }),
    ]) {
      expect([answer.status, answer.body.entity_id]).toEqual([404, slug]);
    }
  }
  expect((await server.anonymous.get(path)).status).toBe(401);
  expect((await server.anonymous.post(path, { slug: 'any', name: 'Any' })).status).toBe(401);
});
