import { beforeAll, expect, test } from 'vitest';
import { useServer } from '../../../test/harness.ts';

const server = useServer();
let path: string;

beforeAll(async () => {
  const { body } = await server.api.post('/organizations', { name: 'Settings' });
  path = `/management/organizations/${body.id}/settings`;
});

test('the e-mail addresses of the IT admins are kept', async () => {
  expect((await server.api.get(path)).body).toEqual({ admin_emails: [] });
  const admin_emails = ['it@foo-corp.com', 'second@foo-corp.com'];
  expect((await server.api.put(path, { admin_emails })).body).toEqual({ admin_emails });
  expect((await server.api.get(path)).body).toEqual({ admin_emails });
});

test('an address that is none is refused', async () => {
  const response = await server.api.put(path, { admin_emails: ['not an address'] });
  expect([response.status, response.body.errors[0].field]).toEqual([422, 'admin_emails.0']);
});

test("another environment's organization answers 404, no key 401", async () => {
  expect((await server.other.api.get(path)).status).toBe(404);
  expect((await server.other.api.put(path, { admin_emails: [] })).status).toBe(404);
  expect((await server.anonymous.get(path)).status).toBe(401);
  expect((await server.anonymous.put(path, { admin_emails: [] })).status).toBe(401);
});
