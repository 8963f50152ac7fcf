// Whoever may no longer act in an organization is signed out there, and nowhere else.
import { expect, test } from 'vitest';
import { useServer } from '../../../test/harness.ts';
import { type MadeMembership, lastEvent, makeMembership, makeUser } from '../../../test/people.ts';

const server = useServer();
const path = '/user_management/organization_memberships';
const password = 'correct horse battery staple';
let count = 0;

/** A user who is signed in to an organization, and the refresh token that keeps them so. */
async function signIn(): Promise<MadeMembership & { refresh_token: string }> {
  count += 1;
  const email = `signed-in-${count}@example.com`;
  const user_id = await makeUser(server.api, { email, email_verified: true, password });
  const made = await makeMembership(server.api, { user_id });
  const { status, body } = await authenticate({ grant_type: 'password', email, password });
  expect(status, JSON.stringify(body)).toBe(200);
  expect(body.organization_id).toBe(made.organization_id);
  return { ...made, refresh_token: body.refresh_token };
}

const authenticate = (input: object) =>
  server.anonymous.post('/user_management/authenticate', {
    client_id: server.clientId,
    client_secret: server.apiKey,
    ...input,
  });

const endings = {
  deactivated: ({ id }: MadeMembership) => server.api.put(`${path}/${id}/deactivate`),
  deleted: ({ id }: MadeMembership) => server.api.delete(`${path}/${id}`),
};

test.each(Object.entries(endings))(
  'a member who is %s is signed out there, also on another node',
  async (_, end) => {
    const { api } = await server.startNode();
    const member = await signIn();
    const bystander = await signIn();
    const mark = await lastEvent(server.api);
    expect((await end(member)).status).toBe(200);
    const names = await server.eventNames(mark);
    expect(names.filter((name) => name === 'session.revoked')).toHaveLength(1);
    const refresh = (refresh_token: string) =>
      api.post('/user_management/authenticate', {
        client_id: server.clientId,
        client_secret: server.apiKey,
        grant_type: 'refresh_token',
        refresh_token,
      });
    const refused = await refresh(member.refresh_token);
    expect([refused.status, refused.body.error]).toEqual([400, 'invalid_grant']);
    expect((await refresh(bystander.refresh_token)).status).toBe(200);
  },
);
