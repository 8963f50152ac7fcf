import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Figure } from './figure.ts';
import { addEvents } from './rows.ts';
import type { BenchServer } from './server.ts';

interface Taken {
  count: number;
  firstAtMs: number;
  lastAtMs: number;
  delays: number[];
}

const deliveries = 10_000;
const restEvents = 400;
const restPauseMs = 20;
const target = 1_000;

/** How many deliveries a second reach one, ten and a hundred endpoints, and how soon one does at rest. */
export async function measureWebhooks(server: BenchServer, report: (figure: Figure) => void): Promise<void> {
  const receiver = fork(fileURLToPath(new URL('receiver.mjs', import.meta.url)));
  try {
    const [{ port }] = (await once(receiver, 'message')) as [{ port: number }];
    let added = 0;
    for (const endpoints of [1, 10, 100]) {
      await provideEndpoints(server, port, endpoints);
      await ask(receiver, 'reset');
      const events = deliveries / endpoints;
      await addEvents(server, added + 1, added + events);
      added += events;
      const { firstAtMs, lastAtMs } = await untilTaken(receiver, deliveries);
      const perSecond = (1_000 * deliveries) / (lastAtMs - firstAtMs);
      report({
        what: `deliveries to ${endpoints} ${endpoints === 1 ? 'endpoint' : 'endpoints'}`,
        unit: 'deliveries/s',
        value: perSecond,
        target,
      });
    }
    await provideEndpoints(server, port, 1);
    const delays = await measureDelays(server, receiver);
    const within = (share: number): number => (delays[Math.floor(delays.length * share)] ?? 0) / 1_000;
    report({
      what: 'request to first byte at rest, half within',
      unit: 's',
      value: within(0.5),
      target: 0.05,
    });
    report({
      what: 'request to first byte at rest, 99 % within',
      unit: 's',
      value: within(0.99),
      target: 0.25,
    });
  } finally {
    receiver.disconnect();
  }
}

async function ask(receiver: ChildProcess, message: 'reset' | 'count' | 'delays'): Promise<Taken> {
  const answered = once(receiver, 'message');
  receiver.send(message);
  const [taken] = (await answered) as [Taken];
  return taken;
}

async function untilTaken(receiver: ChildProcess, count: number): Promise<Taken> {
  for (;;) {
    const taken = await ask(receiver, 'count');
    if (taken.count >= count) return taken;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Leaves exactly so many endpoints, all at one receiver. */
async function provideEndpoints(
  { program, headers }: BenchServer,
  port: number,
  count: number,
): Promise<void> {
  const call = (method: string, path: string, body?: object) =>
    fetch(program.url + path, {
      method,
      headers: Object.fromEntries(headers.map((header) => header.split(': ') as [string, string])),
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
  const present = (await (await call('GET', '/webhook_endpoints?limit=100')).json()) as {
    data: { id: string }[];
  };
  for (const { id } of present.data) await call('DELETE', `/webhook_endpoints/${id}`);
  for (let number = 0; number < count; number += 1) {
    const made = await call('POST', '/webhook_endpoints', {
      endpoint_url: `http://127.0.0.1:${port}/${number}`,
      events: ['organization.created'],
    });
    if (made.status !== 201) throw new Error(`no endpoint: ${await made.text()}`);
  }
}

/** One organization after the other, with pauses: milliseconds from its request to the first byte of its webhook. */
async function measureDelays({ program, headers }: BenchServer, receiver: ChildProcess): Promise<number[]> {
  await ask(receiver, 'reset');
  for (let made = 0; made < restEvents; made += 1) {
    await fetch(`${program.url}/organizations`, {
      method: 'POST',
      headers: Object.fromEntries(headers.map((header) => header.split(': ') as [string, string])),
      body: JSON.stringify({ name: `At rest ${made}` }),
    });
    await new Promise((resolve) => setTimeout(resolve, restPauseMs));
  }
  await untilTaken(receiver, restEvents);
  const { delays } = await ask(receiver, 'delays');
  return delays.toSorted((a, b) => a - b);
}
