import { expect, test } from 'vitest';
import { useServer } from '../../../test/harness.ts';
import { codeIn, readMails } from '../../../test/mailbox.ts';
import { makeUser } from '../../../test/people.ts';

const server = useServer();
const path = '/user_management/email_verification';

test('a verification is found with the code that was sent', async () => {
  const id = await makeUser(server.api, { email: 'found@example.com' });
  await server.api.post(`/user_management/users/${id}/email_verification/send`);
  const { body: events } = await server.api.get('/events?events=email_verification.created');
  const told = events.data[0].data;
  const { status, body } = await server.api.get(`${path}/${told.id}`);
  const [mail] = await readMails(server, 'found@example.com');
  expect([status, body]).toEqual([200, { ...told, code: mail && codeIn(mail) }]);
  expect((await server.other.api.get(`${path}/${told.id}`)).status).toBe(404);
  expect((await server.anonymous.get(`${path}/${told.id}`)).status).toBe(401);
});

test('an unknown id answers 404 that names type and id', async () => {
  const id = 'email_verification_01HZZZZZZZZZZZZZZZZZZZZZZZ';
  const { status, body } = await server.api.get(`${path}/${id}`);
  expect(status).toBe(404);
  expect(body).toEqual({
    message: `Email verification not found: '${id}'.`,
    code: 'entity_not_found',
    entity_id: id,
  });
});
