import { beforeAll, expect, test } from 'vitest';
import { useServer } from '../../../test/harness.ts';
import { readMail } from '../../../test/mailbox.ts';
import { makeUser } from '../../../test/people.ts';

const server = useServer();
const name = 'Acme <b>&</b> شركة';

beforeAll(async () => {
  await server.api.patch('/management/branding', { application_name: name });
});

test('messages are written in the name of the application', async () => {
  const email = 'sender@example.com';
  const id = await makeUser(server.api, { email });
  await server.api.post(`/user_management/users/${id}/email_verification/send`);
  expect(await readMail(server, email, 'email_verification')).toContain(`-- \n${name}\n`);
  await server.api.post('/user_management/password_reset', { email });
  expect(await readMail(server, email, 'password_reset')).toContain(`-- \n${name}\n`);
});

test('without a name of its own the application is called as its environment', async () => {
  await server.api.patch('/management/branding', { application_name: null });
  const email = 'plain@example.com';
  await makeUser(server.api, { email });
  await server.api.post('/user_management/password_reset', { email });
  expect(await readMail(server, email, 'password_reset')).toContain('-- \nTest\n');
});
