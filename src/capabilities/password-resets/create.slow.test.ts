import { describe, expect, test } from 'vitest';
import { hashRows } from '../../../test/contract/sweep.ts';
import { useServer } from '../../../test/harness.ts';
import { readMails } from '../../../test/mailbox.ts';
import { lastEvent } from '../../../test/people.ts';
import { advance } from '../../../test/time.ts';

const server = useServer();
const path = '/user_management/password_reset';
let count = 0;

const makeUser = async (api = server.api) => {
  count += 1;
  const { body } = await api.post('/user_management/users', { email: `Reset${count}@example.com` });
  return body as { id: string; email: string };
};

test('a link is made and sent, and the event tells everything but token and link', async () => {
  const user = await makeUser();
  const mark = await lastEvent(server.api);
  const { status, body } = await server.api.post(path, { email: user.email.toUpperCase() });
  expect(status).toBe(201);
  expect(body).toEqual({
    object: 'password_reset',
    id: expect.stringMatching(/^password_reset_[0-9A-Z]{26}$/),
    user_id: user.id,
    email: user.email,
    password_reset_token: expect.stringMatching(/^[A-Za-z0-9]{25,}$/),
    password_reset_url: `${server.url}/reset-password?token=${body.password_reset_token}`,
    expires_at: expect.any(String),
    created_at: expect.any(String),
  });
  expect(Date.parse(body.expires_at) - Date.parse(body.created_at)).toBe(3_600_000);
  const [mail] = await readMails(server, user.email);
  expect(mail).toMatchObject({ kind: 'password_reset', to: user.email });
  for (const part of [mail?.html, mail?.text]) expect(part).toContain(body.password_reset_url);
  expect(mail?.html).toContain(`href="${body.password_reset_url}"`);
  const { data } = (await server.api.get(`/events?after=${mark}`)).body;
  const { password_reset_token: token, password_reset_url: _, ...told } = body;
  expect(data).toMatchObject([{ event: 'password_reset.created', data: told }]);
  expect(data[0].data).toEqual(told);
  expect(JSON.stringify(data)).not.toContain(token);
});

test('the mail goes to the address as it is stored, not as somebody writes it', async () => {
  const { body: user } = await server.api.post('/user_management/users', { email: 'mike@kelvin.example' });
  // The Kelvin sign: another mailbox to a mail server, the same letter to whoever compares in lower case.
  const { body } = await server.api.post(path, { email: 'mi\u212ae@kelvin.example' });
  expect([body.user_id, body.email]).toEqual([user.id, 'mike@kelvin.example']);
  const mails = await readMails(server, 'mike@kelvin.example');
  expect(mails.map(({ to }) => to)).toEqual(['mike@kelvin.example']);
});

test.each([
  ['host', 'evil.example'],
  ['x-forwarded-host', 'evil.example'],
  ['forwarded', 'host=evil.example;proto=https'],
  ['x-original-host', 'evil.example'],
  ['origin', 'https://evil.example'],
])('the header %s has no say in the link', async (name, value) => {
  const user = await makeUser();
  const { body } = await server.api.post(path, { email: user.email }, { headers: { [name]: value } });
  expect(new URL(body.password_reset_url).origin).toBe(server.url);
  const [mail] = await readMails(server, user.email);
  expect(JSON.stringify(mail)).not.toContain('evil.example');
});

test("the application's own page gets the token beside what its address has already", async () => {
  const environment = await server.addEnvironment('sandbox');
  const urls = { password_reset_url: 'https://app.example.com/reset?theme=dark&token=old#form' };
  await environment.api.patch('/management/settings', { urls });
  const user = await makeUser(environment.api);
  const { body } = await environment.api.post(path, { email: user.email });
  expect(body.password_reset_url).toBe(
    `https://app.example.com/reset?theme=dark&token=${body.password_reset_token}#form`,
  );
  const [mail] = await readMails(server, user.email);
  expect(mail?.html).toContain(body.password_reset_url.replaceAll('&', '&amp;'));
  expect(mail?.text).toContain(body.password_reset_url);
});

test('with the message switched off the link is made all the same', async () => {
  const environment = await server.addEnvironment('sandbox');
  await environment.api.patch('/management/settings', { emails: { is_password_reset_sent: false } });
  const user = await makeUser(environment.api);
  expect((await environment.api.post(path, { email: user.email })).status).toBe(201);
  expect(await readMails(server, user.email)).toEqual([]);
});

test('an environment without passwords answers 403, and nothing is written', async () => {
  const environment = await server.addEnvironment('sandbox');
  const user = await makeUser(environment.api);
  await environment.api.patch('/management/settings', { authentication: { is_password_enabled: false } });
  const { status, body } = await environment.api.post(path, { email: user.email });
  expect([status, body.code]).toEqual([403, 'email_password_auth_disabled']);
  const { body: events } = await environment.api.get('/events');
  expect(events.data.map(({ event }: { event: string }) => event)).toEqual(['user.created']);
});

test("an unknown address and another environment's answer 404, no key 401; nothing is written or sent", async () => {
  const user = await makeUser();
  const before = await hashRows(server);
  const unknown = await server.api.post(path, { email: 'nobody@example.com' });
  expect([unknown.status, unknown.body.code]).toEqual([404, 'entity_not_found']);
  expect((await server.other.api.post(path, { email: user.email })).status).toBe(404);
  expect((await server.anonymous.post(path, { email: user.email })).status).toBe(401);
  expect(await hashRows(server)).toBe(before);
  expect(await readMails(server, 'nobody@example.com')).toEqual([]);
});

test.each([[{}], [{ email: 'nobody' }], [{ email: 7 }], [{ email: 'a@example.com\nBcc: b@example.com' }]])(
  '%j is refused with 422',
  async (input) => {
    const { status, body } = await server.api.post(path, input);
    expect([status, body.code]).toEqual([422, 'invalid_request_parameters']);
    expect(body.errors[0].field).toBe('email');
  },
);

test('of ten requests at once on two nodes, one link works', async () => {
  const second = await server.startNode();
  const user = await makeUser();
  const answers = await Promise.all(
    Array.from({ length: 10 }, (_, index) =>
      (index % 2 === 0 ? server.api : second.api).post(path, { email: user.email }),
    ),
  );
  const confirmed = [];
  for (const { body } of answers) {
    const { status } = await server.api.post(`${path}/confirm`, {
      token: body.password_reset_token,
      new_password: 'mauve otter quartz lantern',
    });
    confirmed.push(status);
  }
  expect(confirmed.sort()).toEqual([200, ...Array.from({ length: 9 }, () => 404)]);
});

describe('with rate limits', () => {
  const limited = useServer({ rateLimitFactor: 1 });

  test('the fourth request for an address in a minute waits, whether anybody has it or not', async () => {
    const { api } = limited;
    await api.post('/user_management/users', { email: 'limited@example.com' });
    for (const [email, status] of [
      ['limited@example.com', 201],
      ['unknown@example.com', 404],
    ] as const) {
      for (const spelling of [email, email.toUpperCase(), email]) {
        expect((await api.post(path, { email: spelling })).status).toBe(status);
      }
      const refused = await api.post(path, { email });
      expect([refused.status, refused.headers.has('retry-after')]).toEqual([429, true]);
    }
    advance(limited.clock, 60_000);
    expect((await api.post(path, { email: 'limited@example.com' })).status).toBe(201);
  });
});
