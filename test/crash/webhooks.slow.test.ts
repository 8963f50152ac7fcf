// Threat R-02: events are sent while the server is killed and receivers misbehave in every way that they do.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type RunningProgram, buildProgram, startProgram } from '../program.ts';
import {
  type Behaviour,
  type Receiver,
  answer,
  drip,
  flood,
  hang,
  reset,
  startReceiver,
} from '../receiver.ts';
import { sendSignal } from './processes.ts';

const domainsEach = 20;
/** Created, and verified, for each domain. */
const eventsEach = 1 + 2 * domainsEach;
const organizations = 200;
const calmOrganizations = 50;
const kills = 5;
const servedWithinMs = 60_000;

let folder: string;
let program: RunningProgram;
const receivers = new Map<string, Receiver>();
/** Events that each receiver was sent. */
const seen = new Map<string, Set<string>>();

function receiverOf(name: string): Receiver {
  const receiver = receivers.get(name);
  if (!receiver) throw new Error(`no receiver: ${name}`);
  return receiver;
}

const start = () =>
  startProgram({ DOORWRIGHT_DATA_DIR: join(folder, 'data'), DOORWRIGHT_RATE_LIMITS: 'off' });
/** Without the client of the other tests, which holds each answer against the contract: here are very many. */
async function call(method: string, path: string, body?: object, headers: Record<string, string> = {}) {
  const response = await fetch(program.url + path, {
    method,
    headers: { authorization: `Bearer ${program.apiKey}`, 'content-type': 'application/json', ...headers },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  return { status: response.status, text: await response.text() };
}
const wait = (delayMs: number) => new Promise((resolve) => setTimeout(resolve, delayMs));

beforeAll(async () => {
  await buildProgram();
  folder = await mkdtemp(join(tmpdir(), 'doorwright-webhooks-'));
  program = await start();
}, 120_000);

afterAll(async () => {
  await program.stop();
  for (const receiver of receivers.values()) await receiver.close();
  await rm(folder, { recursive: true, force: true });
});

const sometimes =
  (share: number, bad: Behaviour): Behaviour =>
  (response, received) =>
    (Math.random() < share ? bad : answer(200))(response, received);

async function addReceiver(
  name: string,
  behaviour: Behaviour = answer(200),
  events: readonly string[] = [],
): Promise<Receiver> {
  const receiver = await startReceiver();
  const ids = new Set<string>();
  receiver.behave((response, received) => {
    ids.add(String(received.headers['doorwright-event-id']));
    behaviour(response, received);
  });
  receivers.set(name, receiver);
  seen.set(name, ids);
  const made = await call('POST', '/webhook_endpoints', { endpoint_url: receiver.url, events });
  expect(made.status).toBe(201);
  return receiver;
}

async function kill(): Promise<void> {
  sendSignal(program.pid, 'SIGKILL');
  await program.ended;
  program = await start();
}

/** Makes organizations with domains; what is not acknowledged because of a kill is tried again under its key. */
async function makeOrganizations(prefix: string, count: number): Promise<void> {
  let next = 0;
  const client = async () => {
    while (next < count) {
      const number = next;
      next += 1;
      const body = {
        name: `${prefix} ${number}`,
        domain_data: Array.from({ length: domainsEach }, (_, index) => ({
          domain: `${prefix.toLowerCase()}-${number}-${index}.com`,
          state: 'verified',
        })),
      };
      const headers = { 'idempotency-key': `${prefix}-${number}` };
      for (;;) {
        const made = await call('POST', '/organizations', body, headers).catch(() => null);
        if (made?.status === 201) break;
        await wait(50);
      }
    }
  };
  await Promise.all([client(), client(), client()]);
}

async function allEventIds(): Promise<Set<string>> {
  const ids = new Set<string>();
  let after = '';
  for (;;) {
    const { text } = await call('GET', `/events?limit=100${after}`);
    const page = JSON.parse(text) as { data: { id: string }[]; list_metadata: { after: string | null } };
    for (const { id } of page.data) ids.add(id);
    if (page.list_metadata.after === null) return ids;
    after = `&after=${page.list_metadata.after}`;
  }
}

function missing(name: string, wanted: ReadonlySet<string>): number {
  const got = seen.get(name) ?? new Set();
  // Counted out only when it can be all: this is asked often.
  return got.size < wanted.size ? wanted.size - got.size : [...wanted].filter((id) => !got.has(id)).length;
}

/** @returns the milliseconds until nothing is missing */
async function waitForAll(
  names: readonly string[],
  wanted: ReadonlySet<string>,
  limitMs: number,
): Promise<number> {
  const startedAt = performance.now();
  for (;;) {
    const left = names.map((name) => [name, missing(name, wanted)] as const);
    if (left.every(([, count]) => count === 0)) return performance.now() - startedAt;
    if (performance.now() - startedAt > limitMs) throw new Error(`still missing: ${JSON.stringify(left)}`);
    await wait(100);
  }
}

async function residentMegabytes(): Promise<number> {
  const status = await readFile(`/proc/${program.pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]) / 1_024;
}

test('over ten thousand events, kills and bad receivers nothing is lost, and the good ones are served at once', async () => {
  const seeded = await allEventIds();
  const fast = ['fast 1', 'fast 2'];
  for (const name of fast) await addReceiver(name);
  await addReceiver('fails now and then', sometimes(0.005, answer(500)));
  await addReceiver('resets now and then', sometimes(0.005, reset));
  // One event of each organization: a tenth of the machine's work is enough for them.
  const few = ['organization.created'];
  await addReceiver('always 500', answer(500), few);
  await addReceiver('hangs', hang);
  await addReceiver('drips', drip, few);
  await addReceiver('floods', flood, few);
  await addReceiver('redirects inside', answer(302, '', { location: `${program.url}/health` }), few);
  const mortal = await addReceiver('dies and returns');

  const startedAt = performance.now();
  const elapsed = () => Math.round(performance.now() - startedAt);
  const making = makeOrganizations('Wild', organizations);
  for (let number = 0; number < kills; number += 1) {
    await wait(800);
    if (number % 2 === 0) await mortal.die();
    await kill();
    if (number % 2 === 0) await mortal.revive();
  }
  await making;
  const makingMs = elapsed();
  const wild = new Set([...(await allEventIds())].filter((id) => !seeded.has(id)));
  expect(wild.size).toBe(organizations * eventsEach);
  const wildMs = await waitForAll(fast, wild, servedWithinMs);
  const repeatedAfterKills = fast.map((name) => receiverOf(name).received.length - wild.size);

  // The calm phase: no kills, so nothing is sent twice.
  const before = new Map(fast.map((name) => [name, receiverOf(name).received.length]));
  const memoryBefore = await residentMegabytes();
  await makeOrganizations('Calm', calmOrganizations);
  const all = new Set([...(await allEventIds())].filter((id) => !seeded.has(id)));
  const calmMs = await waitForAll(fast, all, servedWithinMs);
  for (const name of fast) {
    const sent = receiverOf(name).received.length - (before.get(name) ?? 0);
    expect(sent / (calmOrganizations * eventsEach), name).toBeLessThan(1.01);
  }
  const memory = await residentMegabytes();
  expect(memory).toBeLessThan(memoryBefore + 100);

  const goodMs = elapsed();
  // Those that fail now and then, and those that were away, have everything in the end.
  await waitForAll(['fails now and then', 'resets now and then', 'dies and returns'], all, servedWithinMs);
  for (const name of ['floods', 'drips', 'hangs', 'redirects inside']) {
    expect(receiverOf(name).received.length, name).toBeGreaterThan(0);
  }
  const wanted = organizations + calmOrganizations;
  await vi.waitFor(() => expect(seen.get('floods')?.size).toBe(wanted), { timeout: 20_000 });
  process.stderr.write(
    `webhooks: ${JSON.stringify({ events: all.size, makingMs, goodMs, totalMs: elapsed(), kills, wildMs: Math.round(wildMs), calmMs: Math.round(calmMs), repeatedAfterKills, memoryBefore: Math.round(memoryBefore), memory: Math.round(memory) })}\n`,
  );
}, 400_000);
