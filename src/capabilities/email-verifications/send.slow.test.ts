import { describe, expect, test } from 'vitest';
import { hashRows } from '../../../test/contract/sweep.ts';
import { useServer } from '../../../test/harness.ts';
import { codeIn, readMails } from '../../../test/mailbox.ts';
import { lastEvent } from '../../../test/people.ts';
import { advance } from '../../../test/time.ts';

const server = useServer();
const users = '/user_management/users';
let count = 0;

const makeUser = async (fields: object = {}) => {
  count += 1;
  const { body } = await server.api.post(users, { email: `send${count}@example.com`, ...fields });
  return body as { id: string; email: string };
};

const send = (id: string, api = server.api) => api.post(`${users}/${id}/email_verification/send`);

test('a code goes to the address, in HTML and in text, and the event tells everything but the code', async () => {
  const user = await makeUser({ email: 'Send.Here+tag@b\u00fccher.example' });
  const mark = await lastEvent(server.api);
  const { status, body } = await send(user.id);
  expect([status, body]).toEqual([200, { user }]);
  const [mail, ...others] = await readMails(server, 'Send.Here+tag@xn--bcher-kva.example');
  if (!mail) throw new Error('no mail');
  expect(others).toEqual([]);
  expect(mail).toMatchObject({ kind: 'email_verification', to: 'Send.Here+tag@xn--bcher-kva.example' });
  const code = codeIn(mail);
  expect(mail.subject).toContain(code);
  expect(mail.html).toMatch(/^<!doctype html><html lang="en">/);
  for (const part of [mail.html, mail.text]) {
    expect(part).toContain(code);
    expect(part).toContain('10 minutes');
  }
  const { data } = (await server.api.get(`/events?after=${mark}`)).body;
  const verification = data[0].data;
  expect(data).toHaveLength(1);
  expect(data[0].event).toBe('email_verification.created');
  expect(verification).toEqual({
    object: 'email_verification',
    id: expect.stringMatching(/^email_verification_[0-9A-Z]{26}$/),
    user_id: user.id,
    email: user.email,
    expires_at: expect.any(String),
    created_at: verification.updated_at,
    updated_at: verification.created_at,
  });
  expect(Date.parse(verification.expires_at) - Date.parse(verification.created_at)).toBe(600_000);
  expect(JSON.stringify(data)).not.toContain(code);
});

test('within 20 seconds nothing is sent twice; then a new code is', async () => {
  const user = await makeUser();
  await Promise.all([send(user.id), send(user.id), send(user.id)]);
  expect(await readMails(server, user.email)).toHaveLength(1);
  advance(server.clock, 20_000);
  await send(user.id);
  const codes = (await readMails(server, user.email)).map(codeIn);
  expect(codes).toHaveLength(2);
});

test('a code that went to the address before is no reason not to send one to the new', async () => {
  const user = await makeUser();
  await send(user.id);
  const email = `changed-${user.email}`;
  await server.api.put(`${users}/${user.id}`, { email });
  await send(user.id);
  expect(await readMails(server, email)).toHaveLength(1);
});

test('with the message switched off the code is made all the same', async () => {
  const environment = await server.addEnvironment('sandbox');
  await environment.api.patch('/management/settings', { emails: { is_email_verification_sent: false } });
  const { body: user } = await environment.api.post(users, { email: 'silent@example.com' });
  expect((await send(user.id, environment.api)).status).toBe(200);
  expect(await readMails(server, 'silent@example.com')).toEqual([]);
  const { body } = await environment.api.get('/events?events=email_verification.created');
  const found = await environment.api.get(`/user_management/email_verification/${body.data[0].data.id}`);
  expect(found.body.code).toMatch(/^\d{6}$/);
});

test('a verified address is refused, and nothing is written', async () => {
  const user = await makeUser({ email_verified: true });
  const before = await hashRows(server);
  const { status, body } = await send(user.id);
  expect([status, body.code]).toEqual([400, 'email_already_verified']);
  expect(await hashRows(server)).toBe(before);
});

test("an unknown user and another environment's answer 404, no key 401", async () => {
  const user = await makeUser();
  const before = await hashRows(server);
  expect((await send(user.id, server.other.api)).status).toBe(404);
  expect((await send('user_01HZZZZZZZZZZZZZZZZZZZZZZZ')).status).toBe(404);
  expect((await send(user.id, server.anonymous)).status).toBe(401);
  expect(await hashRows(server)).toBe(before);
  expect(await readMails(server, user.email)).toEqual([]);
});

describe('with rate limits', () => {
  const limited = useServer({ rateLimitFactor: 1 });

  test('the fourth request in a minute waits, on whichever node, and for this user alone', async () => {
    const second = await limited.startNode();
    const { body: user } = await limited.api.post(users, { email: 'limited@example.com' });
    const { body: other } = await limited.api.post(users, { email: 'unlimited@example.com' });
    for (const api of [limited.api, second.api, limited.api])
      expect((await send(user.id, api)).status).toBe(200);
    const refused = await send(user.id, second.api);
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(Number(refused.headers.get('retry-after'))).toBeLessThanOrEqual(60);
    expect((await send(other.id, second.api)).status).toBe(200);
    advance(limited.clock, 60_000);
    expect((await send(user.id, second.api)).status).toBe(200);
  });
});
