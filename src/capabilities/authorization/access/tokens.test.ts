import { decodeJwt } from 'jose';
import { expect, test } from 'vitest';
import { createClient } from '../../../../test/client.ts';
import { useServer } from '../../../../test/harness.ts';
import { makeMembership } from '../../../../test/people.ts';
import { refresh, signIn } from '../../../../test/sign-in.ts';

const server = useServer();
const member = '/authorization/roles/member';

test('what a role grants is in the next token of everybody who holds it, on another node too (R-12, O-11)', async () => {
  const elsewhere = createClient((await server.startNode()).url, null);
  for (const slug of ['posts:read', 'posts:write']) {
    await server.api.post('/authorization/permissions', { slug, name: slug });
  }
  const made = await makeMembership(server.api);
  await server.api.put(`/user_management/users/${made.user_id}`, { email_verified: true });
  const session = await signIn(server, { userId: made.user_id, organizationId: made.organization_id });
  let token = session.refresh_token;
  const nextClaims = async (): Promise<unknown> => {
    const { body } = await refresh(server, token, {}, elsewhere);
    token = body.refresh_token;
    return decodeJwt(body.access_token)['permissions'];
  };
  expect(decodeJwt(session.access_token)['permissions']).toEqual([]);
  await server.api.put(`${member}/permissions`, { permissions: ['posts:write', 'posts:read'] });
  expect(await nextClaims()).toEqual(['posts:read', 'posts:write']);
  await server.api.put(`${member}/permissions`, { permissions: ['posts:write'] });
  expect(await nextClaims()).toEqual(['posts:write']);
  await server.api.delete('/authorization/permissions/posts:write');
  expect(await nextClaims()).toEqual([]);
  expect((await server.eventNames()).filter((name) => name === 'organization_membership.updated')).toEqual(
    [],
  );
});

test('another order changes which role goes first, in the next token', async () => {
  await server.api.patch('/management/settings', { roles: { multiple_roles_enabled: true } });
  await server.api.post('/authorization/roles', { slug: 'owner', name: 'Owner' });
  const made = await makeMembership(server.api, { role_slugs: ['member', 'owner'] });
  await server.api.put(`/user_management/users/${made.user_id}`, { email_verified: true });
  const session = await signIn(server, { userId: made.user_id, organizationId: made.organization_id });
  expect(decodeJwt(session.access_token)).toMatchObject({ role: 'member', roles: ['member', 'owner'] });
  await server.api.patch('/management/role_configuration', { role_slugs: ['owner', 'member'] });
  const { body } = await refresh(server, session.refresh_token);
  expect(decodeJwt(body.access_token)).toMatchObject({ role: 'owner', roles: ['owner', 'member'] });
});

test('a role of an organization reaches the token with what it grants', async () => {
  await server.api.post('/authorization/permissions', { slug: 'bills:pay', name: 'Pay' });
  const made = await makeMembership(server.api);
  const path = `/authorization/organizations/${made.organization_id}/roles`;
  await server.api.post(path, { slug: 'org-payer', name: 'Payer' });
  await server.api.post(`${path}/org-payer/permissions`, { slug: 'bills:pay' });
  await server.api.put(`/user_management/organization_memberships/${made.id}`, { role_slug: 'org-payer' });
  await server.api.put(`/user_management/users/${made.user_id}`, { email_verified: true });
  const { access_token } = await signIn(server, {
    userId: made.user_id,
    organizationId: made.organization_id,
  });
  expect(decodeJwt(access_token)).toMatchObject({ role: 'org-payer', permissions: ['bills:pay'] });
});
