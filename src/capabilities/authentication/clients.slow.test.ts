// Which client asks, and how it proves itself: what holds for every grant.
import { expect, test } from 'vitest';
import { createClient } from '../../../test/client.ts';
import { useServer } from '../../../test/harness.ts';
import {
  authenticate,
  giveCode,
  goodPassword,
  grants,
  makePerson,
  makeVerifier,
  outcomeOf,
  redeem,
  refresh,
  signIn,
  signInByPassword,
} from '../../../test/sign-in.ts';

const server = useServer();
const path = '/user_management/authenticate';

const oauthRefusal = (error: string) => ({ error, error_description: expect.any(String) });

test('client_id is required, and has to be known', async () => {
  const { email } = await makePerson(server.api);
  const missing = await signInByPassword(server, email, { client_id: undefined });
  expect([missing.status, missing.body.code]).toEqual([422, 'invalid_request_parameters']);
  expect(missing.body.errors).toMatchObject([{ field: 'client_id', code: 'required' }]);
  for (const client_id of ['client_unknown', server.other.clientId, 'x'.repeat(101), "'--", '']) {
    const { status, body } = await signInByPassword(server, email, { client_id });
    expect([status, body], client_id).toEqual([400, oauthRefusal('invalid_client')]);
  }
  expect((await signInByPassword(server, email, { client_id: 7 })).status).toBe(422);
});

test('a secret that is wrong, empty or of another environment is refused, and says no more', async () => {
  const { email } = await makePerson(server.api);
  const refused = [];
  for (const client_secret of [
    'sk_test_unknown',
    '',
    'hello',
    server.apiKey.slice(0, -1),
    `${server.apiKey} `,
    server.other.apiKey,
  ]) {
    const { status, body } = await signInByPassword(server, email, { client_secret });
    expect([status, body], client_secret).toEqual([400, oauthRefusal('invalid_client')]);
    refused.push(body.error_description);
  }
  expect(new Set(refused).size).toBeLessThanOrEqual(2);
  expect((await signInByPassword(server, email, { client_secret: 7 })).status).toBe(422);
});

test('a revoked key is a secret no longer', async () => {
  const { email } = await makePerson(server.api);
  const { body: key } = await server.api.post('/management/api_keys', { name: 'To be revoked' });
  const as = { client_secret: key.value };
  expect((await signInByPassword(server, email, as)).status).toBe(200);
  await server.api.delete(`/management/api_keys/${key.id}`);
  expect(outcomeOf(await signInByPassword(server, email, as))).toBe('400 invalid_client');
});

test('the key counts in the header too, and the body goes before the header', async () => {
  const { email } = await makePerson(server.api);
  const body = { client_id: server.clientId, grant_type: 'password', email, password: goodPassword };
  expect((await server.api.post(path, body)).status).toBe(200);
  const unknown = createClient(server.url, 'sk_test_unknown');
  expect((await unknown.post(path, body)).status).toBe(401);
  expect((await unknown.post(path, { ...body, client_secret: server.apiKey })).status).toBe(200);
  expect(outcomeOf(await server.api.post(path, { ...body, client_secret: 'sk_test_unknown' }))).toBe(
    '400 invalid_client',
  );
  expect(outcomeOf(await server.other.api.post(path, body))).toBe('400 invalid_client');
});

test('an install key is no client secret', async () => {
  const { email } = await makePerson(server.api);
  expect(outcomeOf(await signInByPassword(server, email, { client_secret: server.installKey }))).toBe(
    '400 invalid_client',
  );
});

test('a path that names another environment than client_id is refused', async () => {
  const { email } = await makePerson(server.api);
  const body = {
    client_id: server.clientId,
    client_secret: server.apiKey,
    grant_type: 'password',
    email,
    password: goodPassword,
  };
  expect((await server.anonymous.post(`/environments/${server.clientId}${path}`, body)).status).toBe(200);
  expect(outcomeOf(await server.anonymous.post(`/environments/${server.other.clientId}${path}`, body))).toBe(
    '400 invalid_client',
  );
});

test('a public client redeems codes with a verifier and refreshes, and nothing else', async () => {
  const { refresh_token: token, user_id: userId } = await signIn(server);
  const open = { client_secret: undefined };
  const refreshed = await refresh(server, token, open);
  expect(refreshed.status).toBe(200);
  const { verifier, challenge } = makeVerifier();
  const code = await giveCode(server, { userId, challenge });
  expect((await redeem(server, code, { ...open, code_verifier: verifier })).status).toBe(200);
  const bare = await giveCode(server, { userId });
  const without = await redeem(server, bare, open);
  expect([without.status, without.body]).toEqual([400, oauthRefusal('invalid_request')]);
  const bodies = [
    { grant_type: 'password', email: 'a@example.com', password: goodPassword },
    { grant_type: grants.email, code: '123456', pending_authentication_token: 'x' },
    { grant_type: grants.organization, organization_id: 'org_x', pending_authentication_token: 'x' },
  ];
  for (const body of bodies) {
    const { status, body: refusal } = await authenticate(server, { ...open, ...body });
    expect([status, refusal], body.grant_type).toEqual([400, oauthRefusal('invalid_client')]);
  }
});

test('a form is as good as JSON (RFC 6749 4.1.3)', async () => {
  const { email, id } = await makePerson(server.api);
  const send = async (fields: Record<string, string>, type = 'application/x-www-form-urlencoded') => {
    const form = new URLSearchParams({ client_id: server.clientId, client_secret: server.apiKey, ...fields });
    return server.anonymous.post(path, form.toString(), { headers: { 'content-type': type } });
  };
  const first = await send({ grant_type: 'password', email, password: goodPassword });
  expect(first.body.user.id).toBe(id);
  const type = 'application/x-www-form-urlencoded; charset=UTF-8';
  const second = await send({ grant_type: 'refresh_token', refresh_token: first.body.refresh_token }, type);
  expect(second.status).toBe(200);
  const code = await giveCode(server, { userId: id });
  expect((await send({ grant_type: 'authorization_code', code })).status).toBe(200);
  expect((await send({ grant_type: 'password', email, password: 'wrong' })).body.code).toBe(
    'invalid_credentials',
  );
  expect((await send({ grant_type: 'password', email })).status).toBe(422);
  expect((await send({ grant_type: 'password', email, password: 'a\0' })).status).toBe(422);
  const twice = `client_id=${server.clientId}&client_id=${server.other.clientId}&grant_type=password`;
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  expect((await server.anonymous.post(path, twice, { headers })).status).toBe(422);
});

test('a body of another kind is refused before anything happens: no cross-site form of text reaches it (C-03)', async () => {
  const { email } = await makePerson(server.api);
  const body = JSON.stringify({
    client_id: server.clientId,
    client_secret: server.apiKey,
    grant_type: 'password',
    email,
    password: goodPassword,
  });
  for (const type of ['text/plain', 'multipart/form-data; boundary=x', 'application/xml']) {
    const { status } = await server.anonymous.post(path, body, { headers: { 'content-type': type } });
    expect(status, type).toBe(415);
  }
});

test('fields of later capabilities are taken and do no harm', async () => {
  const { email } = await makePerson(server.api);
  const extra = { device_id: 'device_1', signals_id: 'signals_1', radar_auth_attempt_id: 'radar_1' };
  expect((await signInByPassword(server, email, extra)).status).toBe(200);
});

test('an Idempotency-Key answers the same tokens, and never to another body', async () => {
  const { id } = await makePerson(server.api);
  const code = await giveCode(server, { userId: id });
  const body = { client_id: server.clientId, client_secret: server.apiKey, grant_type: 'authorization_code' };
  const headers = { 'idempotency-key': 'one-redemption' };
  const first = await server.anonymous.post(path, { ...body, code }, { headers });
  const again = await server.anonymous.post(path, { ...body, code }, { headers });
  expect(again.body).toEqual(first.body);
  const other = await server.anonymous.post(path, { ...body, code: 'another' }, { headers });
  expect(other.status).toBe(409);
  const refreshed = await refresh(server, first.body.refresh_token);
  expect(refreshed.status).toBe(200);
});

test('an Idempotency-Key keeps what a returned refusal wrote, and answers it again', async () => {
  const { email } = await makePerson(server.api);
  const before = await server.eventNames();
  const body = {
    client_id: server.clientId,
    client_secret: server.apiKey,
    grant_type: 'password',
    email,
    password: 'not the password',
  };
  const headers = { 'idempotency-key': 'one-refusal' };
  for (let round = 0; round < 2; round += 1) {
    expect(outcomeOf(await server.anonymous.post(path, body, { headers }))).toBe('400 invalid_credentials');
  }
  const failures = (names: string[]) =>
    names.filter((name) => name === 'authentication.password_failed').length;
  expect(failures(await server.eventNames())).toBe(failures(before) + 1);
});
