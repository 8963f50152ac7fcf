import { type Socket, connect as connectSocket } from 'node:net';
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest';
import { connect } from './connection.ts';
import { type Installation, createInstallation } from './installation.ts';
import { startLoad } from './load.ts';
import { waitUntil } from '../wait.ts';
import { listWorkerPids, sendSignal } from './processes.ts';
import { readHistory } from './reader.ts';

const deadlineMs = 10_000;

// Each starts whole installations, on a machine that may run other suites beside.
vi.setConfig({ testTimeout: 120_000 });
afterAll(() => vi.resetConfig());

let installation: Installation;

afterEach(() => installation.close());

/** A POST whose body is still to come: what it is answered, once `finish` has sent the rest. */
async function openRequest(url: string, apiKey: string, name: string) {
  const { hostname, port } = new URL(url);
  const body = JSON.stringify({ name });
  const socket: Socket = connectSocket(Number(port), hostname);
  let answer = '';
  socket.on('data', (chunk) => (answer += String(chunk)));
  const closed = new Promise<void>((resolve) => {
    socket.once('close', () => resolve());
    socket.once('error', () => resolve());
  });
  socket.write(
    `POST /organizations HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer ${apiKey}\r\n` +
      `content-type: application/json\r\ncontent-length: ${body.length}\r\nexpect: 100-continue\r\n\r\n`,
  );
  // `100 Continue` says that the request has begun on the other side.
  await waitUntil('the request is under way', () => answer.includes('100 Continue'));
  return {
    finish: async () => {
      socket.write(body);
      await waitUntil('the answer', () => /HTTP\/1.1 [2-5]\d\d[^]*\r\n\r\n/.test(answer));
      socket.end();
      await closed;
      return Number(/HTTP\/1.1 ([2-5]\d\d)/.exec(answer.replace('HTTP/1.1 100 Continue', ''))?.[1]);
    },
  };
}

describe('SIGTERM under load', () => {
  test.each([
    ['one process', {}, 4],
    ['two workers', { DOORWRIGHT_WORKERS: '2' }, 4],
  ])(
    '%s: requests under way are answered, nothing is lost, and it ends with 0',
    async (_, environment, clients) => {
      installation = await createInstallation(environment);
      const { target, ledger } = installation;
      const load = startLoad(target, ledger, clients);
      await waitUntil('some work is done', () => ledger.acknowledged > 40);
      const late = await openRequest(target.url, target.apiKey, 'under way');
      ledger.acknowledge(['organization.created under way']);
      const startedAt = performance.now();
      const stopped = installation.program();
      sendSignal(stopped.pid, 'SIGTERM');
      await waitUntil('it takes no more connections', async () => !(await isListening(target.url)));
      expect(await late.finish()).toBe(201);
      expect(await stopped.ended).toEqual({ code: 0, signal: null });
      expect(performance.now() - startedAt).toBeLessThan(deadlineMs);
      expect(load.faults).toEqual([]);
      expect(load.statistics.unavailable, 'answers 503').toBe(0);
      await installation.start();
      await load.pause();
      await installation.check();
      await load.stop();
      expect(load.faults).toEqual([]);
    },
  );
});

async function isListening(url: string): Promise<boolean> {
  const { hostname, port } = new URL(url);
  const socket = connectSocket(Number(port), hostname);
  return new Promise((resolve) => {
    socket.once('connect', () => resolve(true));
    socket.once('error', () => resolve(false));
  }).then((isOpen) => {
    socket.destroy();
    return isOpen === true;
  });
}

test('with server and database killed together, everything is there again', async () => {
  installation = await createInstallation();
  const { target, ledger } = installation;
  const load = startLoad(target, ledger, 4);
  await waitUntil('some work is done', () => ledger.acknowledged > 60);
  await Promise.all([installation.killServer(), installation.killDatabase()]);
  expect(await installation.start()).toBeLessThan(deadlineMs);
  await load.pause();
  await installation.check();
  await load.stop();
  expect(load.faults).toEqual([]);
  expect((await readHistory(target)).ids).toEqual(installation.reader.history.ids);
});

test('while the database is away every answer is 503 with Retry-After, and it is back within 10 s', async () => {
  installation = await createInstallation();
  const { target } = installation;
  const connection = connect(target);
  expect(await installation.killDatabase()).toBe(true);
  const refusals: unknown[] = [];
  let slowestMs = 0;
  const preflights = new Set<number>();
  const recoveredMs = await waitUntil('the database is back', async () => {
    const askedAt = performance.now();
    const answer = await connection.send({ method: 'GET', path: '/organizations' });
    const preflight = await askPreflight(target.url, refusals.length);
    preflights.add(preflight.status);
    slowestMs = Math.max(slowestMs, performance.now() - askedAt);
    if (answer?.status === 200) return refusals.length > 0;
    refusals.push({
      status: answer?.status,
      code: answer?.body['code'],
      retryAfter: answer?.headers['retry-after'],
    });
    return false;
  });
  expect(recoveredMs).toBeLessThan(deadlineMs);
  expect(slowestMs).toBeLessThan(6_000);
  expect([...preflights].filter((status) => status !== 204 && status !== 503)).toEqual([]);
  for (const refusal of refusals) {
    expect(refusal).toEqual({ status: 503, code: 'service_unavailable', retryAfter: '1' });
  }
  await connection.close();
});

/** From an origin of its own each time: answers are remembered for a second. */
const askPreflight = (url: string, number: number) =>
  fetch(`${url}/organizations`, { method: 'OPTIONS', headers: { origin: `https://o${number}.example.com` } });

describe('with two workers', () => {
  const workers = () => listWorkerPids(installation.program().pid);

  test('a killed worker is replaced while the other serves, and SIGTERM stops all', async () => {
    installation = await createInstallation({ DOORWRIGHT_WORKERS: '2' });
    const { target, ledger } = installation;
    const clients = 4;
    const load = startLoad(target, ledger, clients);
    const before = await workers();
    expect(before).toHaveLength(2);
    const [victim = 0, survivor = 0] = before;
    sendSignal(victim, 'SIGKILL');
    const acknowledged = ledger.acknowledged;
    await waitUntil('the other worker serves', () => ledger.acknowledged > acknowledged + 20);
    await waitUntil('the worker is replaced', async () => (await workers()).length === 2);
    const after = await workers();
    expect(after).toContain(survivor);
    expect(after).not.toContain(victim);
    await load.pause();
    await installation.check();
    await load.stop();
    // Node's primary hands connections over by message: one on its way to a worker that has just died is never
    // answered, and its client has to try again.
    expect(load.faults.filter((fault) => !fault.includes('HeadersTimeoutError'))).toEqual([]);
    expect(load.faults.length).toBeLessThan(clients);
    const program = installation.program();
    sendSignal(program.pid, 'SIGTERM');
    expect(await program.ended).toEqual({ code: 0, signal: null });
    expect(after.filter((pid) => sendSignal(pid, 0))).toEqual([]);
    await installation.start();
  });

  test('with the primary killed no worker stays behind', async () => {
    installation = await createInstallation({ DOORWRIGHT_WORKERS: '2' });
    const orphans = await workers();
    await installation.killServer();
    await waitUntil('the workers end', () => orphans.every((pid) => !sendSignal(pid, 0)));
    await installation.start();
    await installation.check();
  });

  test('one Idempotency-Key over many connections at once has one effect and one reply', async () => {
    installation = await createInstallation({ DOORWRIGHT_WORKERS: '2' });
    const { target } = installation;
    for (let round = 0; round < 5; round += 1) {
      const connections = Array.from({ length: 20 }, () => connect(target));
      const call = {
        method: 'POST',
        path: '/organizations',
        body: { name: `Once ${round}` },
        idempotencyKey: `once-${round}`,
      } as const;
      const answers = await Promise.all(connections.map((connection) => connection.send(call)));
      expect(new Set(answers.map((answer) => JSON.stringify([answer?.status, answer?.body]))).size).toBe(1);
      expect(answers[0]?.status).toBe(201);
      expect(answers.filter((answer) => !answer?.headers['idempotent-replayed'])).toHaveLength(1);
      await Promise.all(connections.map((connection) => connection.close()));
    }
    const { counts } = await readHistory(target);
    expect([...counts].filter(([name]) => name.startsWith('organization.created Once'))).toEqual(
      Array.from({ length: 5 }, (_, round) => [`organization.created Once ${round}`, 1]),
    );
  });
});
