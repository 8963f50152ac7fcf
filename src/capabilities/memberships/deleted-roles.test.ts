// What events tell of memberships between the deletion of a role and the job that moves those who hold it.
import { beforeAll, expect, test, vi } from 'vitest';
import { useServer } from '../../../test/harness.ts';
import { lastEvent, makeMembership } from '../../../test/people.ts';
import { sql } from '../../platform/database/sql.ts';

const server = useServer();
const path = '/user_management/organization_memberships';
let mark: string;
const made: Record<string, string> = {};
const names = ['toDefault', 'toLead', 'deactivated', 'deleted', 'untouched', 'unchanged'];

interface Told {
  event: string;
  data: { id: string; role: { slug: string }; status: string };
  context: { previous_attributes?: object };
}

/** No worker yet: everything here happens before the job's first step. */
beforeAll(async () => {
  const { api } = server;
  for (const slug of ['former', 'lead']) await api.post('/authorization/roles', { slug, name: slug });
  for (const name of names) made[name] = (await makeMembership(api, { role_slug: 'former' })).id;
  mark = await lastEvent(api);
  expect((await api.delete('/management/roles/former')).status).toBe(202);
  const put = (name: string, body: object) => api.put(`${path}/${made[name]}`, body);
  const answers = [
    await put('toDefault', { role_slug: 'member' }),
    await put('toLead', { role_slug: 'lead' }),
    await put('deactivated', {}),
    await api.put(`${path}/${made['deactivated']}/deactivate`),
    await put('unchanged', {}),
    await api.delete(`${path}/${made['deleted']}`),
  ];
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
  // Answers never show the role, whatever events have yet to tell.
  expect(answers.map(({ body }) => body?.role?.slug).slice(0, 5)).toEqual([
    'member',
    'lead',
    'member',
    'member',
    'member',
  ]);
  server.startJobs();
  const deleted = () => server.database.many(sql`select 1 from role where deleted_at is not null`);
  await vi.waitFor(async () => expect(await deleted()).toEqual([]), { timeout: 20_000 });
}, 60_000);

const wasFormer = { role: { slug: 'former' }, roles: [{ slug: 'former' }] };

test.each([
  ['toDefault', [['updated', 'member', 'active', wasFormer]]],
  ['toLead', [['updated', 'lead', 'active', wasFormer]]],
  [
    'deactivated',
    [
      ['updated', 'former', 'inactive', { status: 'active' }],
      ['updated', 'member', 'inactive', wasFormer],
    ],
  ],
  ['deleted', [['deleted', 'former', 'active', undefined]]],
  ['untouched', [['updated', 'member', 'active', wasFormer]]],
  ['unchanged', [['updated', 'member', 'active', wasFormer]]],
])('of one that is %s, each event tells what follows on the one before', async (name, expected) => {
  const { body } = await server.api.get(`/events?after=${mark}&limit=100`);
  const told = (body.data as Told[]).filter(({ data }) => data.id === made[name]);
  expect(
    told.map(({ event, data, context }) => [
      event.replace('organization_membership.', ''),
      data.role.slug,
      data.status,
      context.previous_attributes,
    ]),
  ).toEqual(expected);
});
