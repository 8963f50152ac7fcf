import { afterAll, describe, expect, test } from 'vitest';
import { sql } from '../../src/platform/database/sql.ts';
import type { TestResponse } from '../client.ts';
import { createClient } from '../client.ts';
import { type ServerOptions, type TestServer, startServer, useServer } from '../harness.ts';

const servers: TestServer[] = [];

/** A server whose windows no other test has opened. */
async function startLimited(options: ServerOptions): Promise<TestServer> {
  const server = await startServer(options);
  servers.push(server);
  return server;
}

afterAll(async () => {
  for (const server of servers) await server.close();
});

const passed = (answers: readonly TestResponse[]) => answers.filter(({ status }) => status !== 429).length;

const repeat = (count: number, ask: (index: number) => Promise<TestResponse>) =>
  Promise.all(Array.from({ length: count }, (_, index) => ask(index)));

const from = (address: string) => ({ headers: { 'x-forwarded-for': address } });

describe('rate limits (X-07)', () => {
  test('6,000 requests a minute from one address: 60 at a hundredth, whatever is asked and with whose key', async () => {
    const server = await startLimited({ rateLimitFactor: 0.01 });
    const clients = [server.api, server.other.api, server.anonymous];
    const paths = ['/organizations', '/events', '/organizations/org_unknown', '/health'];
    const answers = await repeat(90, (index) =>
      (clients[index % 3] ?? server.api).get(paths[index % 4] ?? '/health'),
    );
    expect(passed(answers)).toBe(60);
    const refused = answers.find(({ status }) => status === 429);
    expect(refused?.body).toEqual({ code: 'rate_limit_exceeded', message: expect.any(String) });
    const seconds = Number(refused?.headers.get('retry-after'));
    expect(seconds).toBeGreaterThanOrEqual(50);
    expect(seconds).toBeLessThanOrEqual(60);
  });

  test('X-Forwarded-For of a caller that is no trusted proxy changes nothing', async () => {
    for (const trustedProxies of [[], ['10.0.0.0/8', '::1/128']]) {
      const server = await startLimited({ rateLimitFactor: 0.01, trustedProxies });
      const answers = await repeat(80, (index) => server.api.get('/health', from(`203.0.113.${index}`)));
      expect(passed(answers)).toBe(60);
    }
  });

  test('behind a trusted proxy each caller has a window, and what the caller wrote itself is not believed', async () => {
    const server = await startLimited({
      rateLimitFactor: 0.01,
      trustedProxies: ['127.0.0.0/8', '10.0.0.0/8'],
    });
    const ask = (forwarded: (index: number) => string) =>
      repeat(70, (index) => server.api.get('/health', from(forwarded(index))));
    expect(passed(await ask(() => '203.0.113.1'))).toBe(60);
    expect(passed(await ask(() => '203.0.113.2'))).toBe(60);
    expect(passed(await ask((index) => `198.51.100.${index}, 203.0.113.3`))).toBe(60);
    expect(passed(await ask((index) => `203.0.113.4, 10.0.0.${index}`))).toBe(60);
    expect(passed(await ask((index) => `203.0.113.5, not-an-address-${index}`))).toBe(60);
    expect(passed(await ask(() => '203.0.113.1'))).toBe(0);
  });

  test('an IPv6 address counts with its /64, one that stands for an IPv4 address as that; the log has it whole', async () => {
    const server = await startLimited({ rateLimitFactor: 0.01, trustedProxies: ['127.0.0.0/8'] });
    const ask = (forwarded: (index: number) => string) =>
      repeat(70, (index) => server.api.get('/health', from(forwarded(index))));
    expect(passed(await ask((index) => `2001:db8:1:2:${index}::${index}`))).toBe(60);
    expect(passed(await ask((index) => `2001:db8:1:${index + 3}::1`))).toBe(70);
    expect(passed(await ask(() => '2001:db8:1:2::ffff'))).toBe(0);
    expect(passed(await ask((index) => `::ffff:203.0.113.${index}`))).toBe(70);
    expect(passed(await ask((index) => (index % 2 ? '::ffff:198.51.100.1' : '198.51.100.1')))).toBe(60);
    const logged = server.logLines.map((line) => (JSON.parse(line) as { ip?: string }).ip);
    expect(logged).toContain('2001:db8:1:2:41::41');
  });

  test('50 deletions of organizations a minute with one key: 5 at a tenth', async () => {
    const server = await startLimited({ rateLimitFactor: 0.1 });
    const remove = () => server.api.delete('/organizations/org_unknown');
    expect(passed(await repeat(8, remove))).toBe(5);
    expect(passed([await server.api.get('/organizations/org_unknown')])).toBe(1);
    const { body: key } = await server.api.post('/management/api_keys', { name: 'Second' });
    const second = createClient(server.url, key.value);
    expect(passed(await repeat(8, () => second.delete('/organizations/org_unknown')))).toBe(5);
  });

  test('AuthKit: 1,000 reads and 500 writes in 10 s per environment, 20 and 10 at a fiftieth', async () => {
    const server = await startLimited({ rateLimitFactor: 0.02, trustedProxies: ['127.0.0.0/8'] });
    const path = '/user_management/cors_origins';
    const { body: key } = await server.api.post('/management/api_keys', { name: 'Second' });
    const clients = [server.api, createClient(server.url, key.value)];
    const read = (index: number) => clients[index % 2]?.get(path, from(`203.0.113.${index}`));
    const write = (index: number) => clients[index % 2]?.post(path, {}, from(`203.0.113.${index}`));
    const reads = await Promise.all(Array.from({ length: 30 }, (_, index) => read(index)));
    expect(reads.filter((answer) => answer?.status === 200)).toHaveLength(20);
    const writes = await Promise.all(Array.from({ length: 20 }, (_, index) => write(index)));
    expect(writes.filter((answer) => answer?.status === 422)).toHaveLength(10);
    expect(Number(reads.at(-1)?.headers.get('retry-after'))).toBeLessThanOrEqual(10);
    expect((await server.other.api.get(path, from('203.0.113.99'))).status).toBe(200);
  });

  test('a 429 is not kept with an Idempotency-Key', async () => {
    const server = await startLimited({ rateLimitFactor: 0.001 });
    const headers = { 'idempotency-key': 'limited' };
    const answers = await repeat(8, () => server.api.post('/organizations', { name: 'A' }, { headers }));
    expect(passed(answers)).toBe(6);
    const late = { headers: { 'idempotency-key': 'late' } };
    expect((await server.api.post('/organizations', { name: 'B' }, late)).status).toBe(429);
    const kept = await server.database.many<{ key: string }>(sql`select key from idempotency_key`);
    expect(kept).toEqual([{ key: 'limited' }]);
  });
});

describe('the size of a body', () => {
  const server = useServer();
  const limit = 262_144;
  const bodyOf = (size: number) => `{"name":"${'a'.repeat(size - 11)}"}`;

  const send = (body: string | ReadableStream<Uint8Array>) =>
    fetch(`${server.url}/organizations`, {
      method: 'POST',
      headers: { authorization: `Bearer ${server.apiKey}`, 'content-type': 'application/json' },
      body,
      ...(typeof body === 'string' ? {} : { duplex: 'half' }),
    });

  test('at the limit it is read, one byte more answers 413', async () => {
    expect((await send(bodyOf(limit))).status).toBe(422);
    const tooLarge = await send(bodyOf(limit + 1));
    expect(tooLarge.status).toBe(413);
    expect(await tooLarge.json()).toMatchObject({ code: 'payload_too_large' });
  });

  test('without a declared length it is counted while it arrives', async () => {
    const stream = (size: number) => {
      let left = size;
      return new ReadableStream<Uint8Array>({
        pull(controller) {
          const chunk = Math.min(left, 10_000);
          left -= chunk;
          if (chunk > 0) controller.enqueue(new Uint8Array(chunk).fill(32));
          else controller.close();
        },
      });
    };
    expect((await send(stream(limit))).status).toBe(422);
    const outcome = await send(stream(100 * limit)).then(
      ({ status }) => status,
      () => 'closed',
    );
    expect([413, 'closed']).toContain(outcome);
    expect((await server.api.get('/organizations')).status).toBe(200);
  });
});
