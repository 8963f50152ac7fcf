import { afterEach, expect, test } from 'vitest';
import { startServer, useServer } from '../../../test/harness.ts';

const server = useServer();

afterEach(() => server.anonymous.put('/_dev/clock', { reset: true }));

test('the clock jumps, steps and returns, and new objects carry its time', async () => {
  const set = await server.anonymous.put('/_dev/clock', { now: '2030-05-01T12:00:00Z' });
  expect(set.status).toBe(200);
  expect(set.body.now).toMatch(/^2030-05-01T12:00:00/);
  const { body } = await server.api.post('/organizations', { name: 'Later' });
  expect(body.created_at).toMatch(/^2030-05-01T12:00/);
  expect((await server.api.get('/events')).body.data).toMatchObject([{ data: { id: body.id } }]);
  const stepped = await server.anonymous.put('/_dev/clock', { advance_seconds: 3_600 });
  expect(stepped.body.now).toMatch(/^2030-05-01T13:00/);
  expect((await server.anonymous.put('/_dev/clock', { reset: true })).body.offset_ms).toBe(0);
  expect((await server.anonymous.get('/_dev/clock')).body.offset_ms).toBe(0);
});

test.each([
  {},
  { now: 'noon' },
  { now: '1800-01-01T00:00:00Z' },
  { now: '2026-01-01T00:00:00Z', reset: true },
])('%j is refused and the clock stays', async (input) => {
  expect((await server.anonymous.put('/_dev/clock', input)).status).toBe(422);
  expect((await server.anonymous.get('/_dev/clock')).body.offset_ms).toBe(0);
});

test('production has no development aids', async () => {
  const production = await startServer({ isDevelopment: false });
  expect((await production.anonymous.get('/_dev/clock')).status).toBe(404);
  expect((await production.anonymous.put('/_dev/clock', { reset: true })).status).toBe(404);
  await production.close();
});
