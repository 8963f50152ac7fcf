import { expect, test } from 'vitest';
import { useServer } from '../../../test/harness.ts';

const server = useServer();
const unknownId = 'we_01HZZZZZZZZZZZZZZZZZZZZZZZ';
const path = '/webhook_endpoints';

const make = async (endpoint_url: string, events: string[] = ['user.created']) =>
  (await server.api.post(path, { endpoint_url, events })).body;

test('an endpoint is made, with a secret that is answered again', async () => {
  const { status, body } = await server.api.post(path, {
    endpoint_url: 'https://93.184.215.14/made?token=1#part',
    events: ['user.created', 'user.created', 'organization.created'],
  });
  expect(status).toBe(201);
  expect(body).toEqual({
    object: 'webhook_endpoint',
    id: expect.stringMatching(/^we_[0-9A-HJKMNP-TV-Z]{26}$/),
    endpoint_url: 'https://93.184.215.14/made?token=1',
    secret: expect.stringMatching(/^whsec_[A-Za-z0-9]{43}$/),
    status: 'enabled',
    events: ['user.created', 'organization.created'],
    created_at: expect.any(String),
    updated_at: body.created_at,
  });
  const list = (await server.api.get(path)).body;
  expect(list.data).toContainEqual(body);
});

test('the secret is stored sealed, and is in no row as it is', async () => {
  const { secret, id } = await make('https://93.184.215.14/sealed');
  const { rows } = await server.database.pool.query('select t::text from webhook_endpoint t where id = $1', [
    id,
  ]);
  expect(rows).toHaveLength(1);
  expect(JSON.stringify(rows)).not.toContain(secret);
  expect(JSON.stringify(rows)).not.toContain(Buffer.from(secret).toString('hex'));
});

test.each([
  ['no URL', { events: [] }, 'endpoint_url', 'required'],
  ['no events', { endpoint_url: 'https://93.184.215.14/' }, 'events', 'required'],
  [
    'an unknown type',
    { endpoint_url: 'https://93.184.215.14/', events: ['user.exploded'] },
    'events.0',
    'unknown_event_type',
  ],
  [
    'a type that endpoints are not sent',
    { endpoint_url: 'https://93.184.215.14/', events: ['user.created', 'vault.data.read'] },
    'events.1',
    'unknown_event_type',
  ],
])('%s is refused with 422 that names the field', async (_, input, field, reason) => {
  const { status, body } = await server.api.post(path, input);
  expect([status, body.code]).toEqual([422, 'invalid_request_parameters']);
  expect(body.errors).toContainEqual(expect.objectContaining({ field, code: reason }));
});

test.each([
  'nonsense',
  '',
  'ftp://example.com/',
  'https://user:password@example.com/',
  'javascript:alert(1)',
  'http://10.0.0.1/',
  'https://169.254.169.254/latest/meta-data',
  'https://[fc00::1]/',
  'https://0.0.0.0/',
  'https://0xa9fea9fe/',
  `https://example.com/${'a'.repeat(2_000)}`,
])('the URL %s answers 422 invalid_url', async (endpoint_url) => {
  const { status, body } = await server.api.post(path, { endpoint_url, events: [] });
  expect([status, body.code]).toEqual([422, 'invalid_url']);
  const { id } = await make(`https://93.184.215.14/valid-${encodeURIComponent(endpoint_url).slice(0, 50)}`);
  const update = await server.api.patch(`${path}/${id}`, { endpoint_url });
  expect([update.status, update.body.code]).toEqual([422, 'invalid_url']);
});

test('a URL is one endpoint of an environment, however it is spelt; another environment may have it', async () => {
  const input = { endpoint_url: 'https://93.184.215.14/once', events: ['user.created'] };
  expect((await server.api.post(path, input)).status).toBe(201);
  const again = await server.api.post(path, { ...input, endpoint_url: 'HTTPS://93.184.215.14:443/once' });
  expect([again.status, again.body.code]).toEqual([409, 'duplicate_endpoint']);
  const { id } = await make('https://93.184.215.14/twice');
  const moved = await server.api.patch(`${path}/${id}`, { endpoint_url: input.endpoint_url });
  expect([moved.status, moved.body.code]).toEqual([409, 'duplicate_endpoint']);
  expect((await server.other.api.post(path, input)).status).toBe(201);
});

test('an update changes what is given', async () => {
  const made = await make('https://93.184.215.14/updated');
  const changes = { endpoint_url: 'https://93.184.215.14/moved', events: [], status: 'disabled' };
  const { status, body } = await server.api.patch(`${path}/${made.id}`, changes);
  expect(status).toBe(200);
  expect(body).toEqual({ ...made, ...changes, updated_at: expect.any(String) });
  const back = await server.api.patch(`${path}/${made.id}`, { status: 'enabled' });
  expect(back.body).toMatchObject({ ...changes, status: 'enabled', secret: made.secret });
  expect((await server.api.patch(`${path}/${made.id}`, {})).body).toEqual(back.body);
  const wrong = await server.api.patch(`${path}/${made.id}`, { status: 'sleeping' });
  expect([wrong.status, wrong.body.code]).toEqual([422, 'invalid_request_parameters']);
});

test('a deleted endpoint is gone, a second time answers 404, and its URL is free', async () => {
  const { id } = await make('https://93.184.215.14/deleted');
  expect((await server.api.delete(`${path}/${id}`)).status).toBe(204);
  expect((await server.api.delete(`${path}/${id}`)).status).toBe(404);
  expect((await server.api.patch(`${path}/${id}`, { status: 'disabled' })).status).toBe(404);
  expect((await server.api.get(`/management/webhook_endpoints/${id}`)).status).toBe(404);
  expect((await server.api.get(path)).body.data.map((one: { id: string }) => one.id)).not.toContain(id);
  await make('https://93.184.215.14/deleted');
});

test('pages meet, and cursors of another environment are unknown', async () => {
  const { api } = await server.addEnvironment('sandbox');
  const ids: string[] = [];
  for (const name of ['a', 'b', 'c']) {
    const { body } = await api.post(path, { endpoint_url: `https://93.184.215.14/${name}`, events: [] });
    ids.push(body.id);
  }
  const first = (await api.get(`${path}?limit=2`)).body;
  expect(first.data.map(({ id }: { id: string }) => id)).toEqual([ids[2], ids[1]]);
  const second = (await api.get(`${path}?limit=2&after=${first.list_metadata.after}`)).body;
  expect(second.data.map(({ id }: { id: string }) => id)).toEqual([ids[0]]);
  expect(second.list_metadata.after).toBeNull();
  expect((await server.other.api.get(`${path}?after=${ids[0]}`)).status).toBe(422);
  const statuses = (await api.get('/management/webhook_endpoints?order=asc')).body;
  expect(statuses.data.map(({ id }: { id: string }) => id)).toEqual(ids);
  expect(JSON.stringify(statuses)).not.toContain('whsec_');
});

test('an unknown id answers 404 that names it, and no key changes nothing', async () => {
  const { status, body } = await server.api.patch(`${path}/${unknownId}`, {});
  expect([status, body.message]).toEqual([404, `Webhook endpoint not found: '${unknownId}'.`]);
  expect((await server.anonymous.post(path, { endpoint_url: 'https://a.example', events: [] })).status).toBe(
    401,
  );
  expect((await server.anonymous.get(path)).status).toBe(401);
});
