import { expect, test, vi } from 'vitest';
import { sql } from '../../platform/database/sql.ts';
import { insertJobs } from '../../platform/jobs/store.ts';
import { useServer } from '../../../test/harness.ts';

const server = useServer();

test('health says that server and database are well, without a key', async () => {
  for (const path of ['/health', '/health/ready']) {
    const { status, body } = await server.anonymous.get(path);
    expect(status).toBe(200);
    expect(body).toMatchObject({ status: 'ok', checks: { database: { status: 'ok' } } });
  }
  expect((await server.anonymous.get('/health/live')).body).toEqual({ status: 'ok' });
});

test('metrics count requests by operation and status', async () => {
  await server.api.get('/organizations');
  const { body } = await server.anonymous.get('/metrics');
  expect(body).toMatch(/doorwright_request_seconds_count\{operation="organizations.list",status="200"\} \d/);
  expect(body).toContain('doorwright_job_queue{state="waiting"}');
});

test('the OpenAPI document lists every operation that can be called', async () => {
  const { body } = await server.anonymous.get('/openapi.json');
  const documented = Object.values<Record<string, { operationId: string }>>(body.paths).flatMap((item) =>
    Object.values(item).map(({ operationId }) => operationId),
  );
  expect(documented).toEqual(expect.arrayContaining(server.app.operations.map(({ id }) => id)));
});

test('a job that used up its attempts is shown, and can be tried again', async () => {
  const id = 'job_01HZZZZZZZZZZZZZZZZZZZZZZZ';
  await insertJobs(server.database, [
    {
      id,
      environment_id: null,
      kind: 'environments.erase',
      payload: { wrong: true },
      run_at: server.clock.now(),
      max_attempts: 1,
      dedupe_key: null,
    },
  ]);
  server.startJobs();
  await vi.waitFor(
    async () => {
      const { body } = await server.install.get('/management/jobs/dead');
      expect(body.data).toMatchObject([{ object: 'job', id, kind: 'environments.erase', attempts: 1 }]);
    },
    { timeout: 5_000 },
  );
  await server.database.run(sql`update job set payload = '{"environment_id":"none"}' where id = ${id}`);
  expect((await server.install.post(`/management/jobs/${id}/retry`)).body).toEqual({ retried: 1 });
  await vi.waitFor(
    async () => {
      const rows = await server.database.many(sql`select id from job where id = ${id}`);
      expect(rows).toEqual([]);
    },
    { timeout: 5_000 },
  );
  expect((await server.install.post(`/management/jobs/${id}/retry`)).status).toBe(404);
});

test('dead jobs are not for the keys of an environment', async () => {
  expect((await server.api.get('/management/jobs/dead')).status).toBe(403);
  expect((await server.api.post('/management/jobs/job_x/retry')).status).toBe(403);
  expect((await server.anonymous.get('/management/jobs/dead')).status).toBe(401);
  expect((await server.anonymous.post('/management/jobs/job_x/retry')).status).toBe(401);
});
