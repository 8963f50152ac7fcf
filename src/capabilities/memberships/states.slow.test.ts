// Every row of the state machine: from where, by what, to where, and what is told.
import { describe, expect, test } from 'vitest';
import { useServer } from '../../../test/harness.ts';
import {
  type MadeMembership,
  inEnvironment,
  lastEvent,
  makeMembership,
  makeOrganization,
  makeRole,
  makeUser,
} from '../../../test/people.ts';
import { acceptMembership, createMembership, whenMembershipEnds } from './index.ts';

const server = useServer();
const path = '/user_management/organization_memberships';

/** Who lost their place, in the order in which it happened. */
const ended: { userId: string; organizationId: string }[] = [];
whenMembershipEnds((_, owner) => {
  ended.push(owner);
  return Promise.resolve();
});

const make = {
  active: () => makeMembership(server.api),
  inactive: async () => {
    const made = await makeMembership(server.api);
    await server.api.put(`${path}/${made.id}/deactivate`);
    return made;
  },
  pending: async (): Promise<MadeMembership> => {
    const input = {
      user_id: await makeUser(server.api),
      organization_id: await makeOrganization(server.api),
    };
    return inEnvironment(server, (tx) => createMembership(tx, input, 'pending'));
  },
};

const actions = {
  create: ({ user_id, organization_id }: MadeMembership) =>
    server.api.post(path, { user_id, organization_id }),
  deactivate: ({ id }: MadeMembership) => server.api.put(`${path}/${id}/deactivate`),
  reactivate: ({ id }: MadeMembership) => server.api.put(`${path}/${id}/reactivate`),
  delete: ({ id }: MadeMembership) => server.api.delete(`${path}/${id}`),
  accept: async ({ id }: MadeMembership) => ({
    status: 200,
    body: await inEnvironment(server, (tx) => acceptMembership(tx, id)),
  }),
};

type State = keyof typeof make;
type Row = readonly [
  from: State,
  action: keyof typeof actions,
  to: State | 'gone',
  answer: string,
  event: string | null,
  ends: boolean,
];

const rows: readonly Row[] = [
  ['pending', 'accept', 'active', '200', 'updated', false],
  ['pending', 'delete', 'gone', '200', 'deleted', true],
  ['pending', 'deactivate', 'pending', '400 cannot_deactivate_pending_organization_membership', null, false],
  ['pending', 'reactivate', 'pending', '400 cannot_reactivate_pending_organization_membership', null, false],
  ['pending', 'create', 'pending', '400 cannot_reactivate_pending_organization_membership', null, false],
  ['active', 'deactivate', 'inactive', '200', 'updated', true],
  ['active', 'reactivate', 'active', '200', null, false],
  ['active', 'accept', 'active', '200', null, false],
  ['active', 'create', 'active', '422 organization_membership_already_exists', null, false],
  ['active', 'delete', 'gone', '200', 'deleted', true],
  ['inactive', 'deactivate', 'inactive', '200', null, false],
  ['inactive', 'reactivate', 'active', '200', 'updated', false],
  ['inactive', 'create', 'active', '201', 'updated', false],
  ['inactive', 'accept', 'inactive', '200', null, false],
  ['inactive', 'delete', 'gone', '200', 'deleted', true],
];

const cases = rows.map(([from, action, to, answer, event, ends]) => ({
  from,
  action,
  to,
  answer,
  event,
  ends,
}));

test.each(cases)(
  '$from, $action: $to, answered $answer',
  async ({ from, action, to, answer, event, ends }) => {
    const made = await make[from]();
    const mark = await lastEvent(server.api);
    ended.length = 0;
    const { status, body } = await actions[action](made);
    expect([status, body.code].filter(Boolean).join(' ')).toBe(answer);
    const after = await server.api.get(`${path}/${made.id}`);
    expect(after.status === 404 ? 'gone' : after.body.status).toBe(to);
    expect(await server.eventNames(mark)).toEqual(event === null ? [] : [`organization_membership.${event}`]);
    expect(ended).toEqual(ends ? [{ userId: made.user_id, organizationId: made.organization_id }] : []);
  },
);

test('a pending membership is told of like any other', async () => {
  await make.pending();
  const { body } = await server.api.get('/events?order=desc&limit=1');
  expect(body.data[0]).toMatchObject({
    event: 'organization_membership.created',
    data: { status: 'pending', role: { slug: 'member' } },
  });
});

describe('roles', () => {
  test('are kept by deactivation for a reactivation, and the event says what changed', async () => {
    await makeRole(server, { slug: 'keeper', priority: 1 });
    const { id } = await makeMembership(server.api, { role_slug: 'keeper' });
    const inactive = await server.api.put(`${path}/${id}/deactivate`);
    expect(inactive.body).toMatchObject({ status: 'inactive', role: { slug: 'keeper' } });
    const active = await server.api.put(`${path}/${id}/reactivate`);
    expect(active.body).toMatchObject({ status: 'active', role: { slug: 'keeper' } });
    const { body } = await server.api.get('/events?order=desc&limit=1');
    expect(body.data[0].context.previous_attributes).toEqual({ status: 'inactive' });
  });

  test('are replaced when an inactive member is made one again', async () => {
    await makeRole(server, { slug: 'former', priority: 2 });
    await makeRole(server, { slug: 'present', priority: 3 });
    const made = await makeMembership(server.api, { role_slug: 'former' });
    const { user_id, organization_id } = made;
    await server.api.put(`${path}/${made.id}/deactivate`);
    const again = await server.api.post(path, { user_id, organization_id, role_slug: 'present' });
    expect(again.body).toMatchObject({ id: made.id, status: 'active', roles: [{ slug: 'present' }] });
    await server.api.put(`${path}/${made.id}/deactivate`);
    const bare = await server.api.post(path, { user_id, organization_id });
    expect(bare.body).toMatchObject({ id: made.id, status: 'active', roles: [{ slug: 'member' }] });
  });
});

test('a deleted membership can be made anew, with another id', async () => {
  const made = await make.active();
  const response = await actions.delete(made);
  expect([response.status, response.body]).toEqual([200, '']);
  const again = await actions.create(made);
  expect(again.status).toBe(201);
  expect(again.body.id).not.toBe(made.id);
});

test('parallel deactivations on two nodes are one: one event, one end', async () => {
  const { api } = await server.startNode();
  const made = await make.active();
  const mark = await lastEvent(server.api);
  ended.length = 0;
  const answers = await Promise.all(
    [server.api, api, server.api, api].map((node) => node.put(`${path}/${made.id}/deactivate`)),
  );
  expect(answers.map(({ body }) => body.status)).toEqual(Array(4).fill('inactive'));
  expect(await server.eventNames(mark)).toEqual(['organization_membership.updated']);
  expect(ended).toHaveLength(1);
});

const steps = ['deactivate', 'reactivate'] as const;

test.each(steps)(
  '%s of an unknown or foreign id answers 404 and changes nothing, no key 401',
  async (step) => {
    const { id } = await make.inactive();
    const before = (await server.api.get(`${path}/${id}`)).body;
    expect((await server.api.put(`${path}/om_01HZZZZZZZZZZZZZZZZZZZZZZZ/${step}`)).status).toBe(404);
    expect((await server.other.api.put(`${path}/${id}/${step}`)).status).toBe(404);
    expect((await server.anonymous.put(`${path}/${id}/${step}`)).status).toBe(401);
    expect((await server.api.get(`${path}/${id}`)).body).toEqual(before);
  },
);

test('deletion of an unknown, gone or foreign id answers 404, no key 401', async () => {
  const made = await make.active();
  expect((await server.other.api.delete(`${path}/${made.id}`)).status).toBe(404);
  expect((await server.anonymous.delete(`${path}/${made.id}`)).status).toBe(401);
  expect((await actions.delete(made)).status).toBe(200);
  expect((await actions.delete(made)).status).toBe(404);
});
