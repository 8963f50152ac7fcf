import { decodeJwt, decodeProtectedHeader } from 'jose';
import { expect, test } from 'vitest';
import { useServer } from '../../../test/harness.ts';

const server = useServer();
const password = 'correct horse battery staple 9';

test('a verified user signs in with email and password', async () => {
  const { body: user } = await server.api.post('/user_management/users', {
    email: 'Ann@Example.com',
    password,
    email_verified: true,
    first_name: 'Ann',
  });
  const mark = (await server.api.get('/events?order=desc&limit=1')).body.data[0].id;
  const response = await server.anonymous.post('/user_management/authenticate', {
    grant_type: 'password',
    client_id: server.clientId,
    client_secret: server.apiKey,
    email: 'ann@example.COM',
    password,
    ip_address: '203.0.113.9',
    user_agent: 'Test',
  });
  expect(response.status, JSON.stringify(response.body)).toBe(200);
  expect(response.body.user.id).toBe(user.id);
  expect(response.body).not.toHaveProperty('organization_id');
  expect(response.body.user).not.toHaveProperty('metadata');
  expect(decodeProtectedHeader(response.body.access_token)).toMatchObject({ alg: 'RS256' });
  expect(decodeJwt(response.body.access_token)).toMatchObject({
    sub: user.id,
    iss: `${server.url}/user_management/${server.clientId}`,
    client_id: server.clientId,
  });
  expect(await server.eventNames(mark)).toEqual(['authentication.password_succeeded', 'session.created']);
});
