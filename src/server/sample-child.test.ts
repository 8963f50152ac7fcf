import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type Server, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createLog } from '../platform/log.ts';
import { findFreePort, sampleProgram, startSample } from './sample-child.ts';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'doorwright-sample-child-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Starts a program of this text, and gathers what is said of its end. */
function start(text: string) {
  const program = join(folder, 'program.mjs');
  writeFileSync(program, text);
  const reasons: string[] = [];
  const child = startSample({
    program,
    port: 1,
    environment: { WORKOS_API_HOSTNAME: '127.0.0.1' },
    log: createLog('silent'),
    onFailure: (reason) => void reasons.push(reason),
  });
  return { ...child, reasons };
}

test.each([
  ['with a word', `console.error('Port 1 is taken.\\nand more'); process.exit(1);`, 'Port 1 is taken.'],
  ['without a word', 'process.exit(3);', 'it ended with code 3'],
  ['in good order, unasked', '', 'it ended with code 0'],
])('one that ends %s is told of once, in one line', async (_, text, reason) => {
  const { reasons, stop } = start(text);
  await vi.waitFor(() => expect(reasons).toEqual([reason]), { timeout: 10_000 });
  await stop();
  expect(reasons).toEqual([reason]);
});

test('one that is stopped has not failed, also when it ignores the signal to end', async () => {
  const stubborn = start(`process.on('SIGTERM', () => {}); setInterval(() => {}, 1_000);`);
  await stubborn.stop();
  expect(stubborn.reasons).toEqual([]);
});

test('it is given what applications are configured with, and nothing else of ours', async () => {
  vi.stubEnv('DOORWRIGHT_MASTER_KEY', 'secret');
  const { reasons } = start(
    `const { WORKOS_API_HOSTNAME: host, PORT: port, DOORWRIGHT_MASTER_KEY: key } = process.env;
     console.error([host, port, key].join(' ')); process.exit(1);`,
  );
  vi.unstubAllEnvs();
  await vi.waitFor(() => expect(reasons).toEqual(['127.0.0.1 1']), { timeout: 10_000 });
});

const listenAt = (host: string, port = 0) =>
  new Promise<Server>((resolve) => {
    const server = createServer();
    server.listen({ port, host }, () => resolve(server));
  });
const portOf = (server: Server) => (server.address() as { port: number }).port;

test('a port that somebody has at any address of localhost is passed over', async () => {
  const taken = await listenAt('127.0.0.1');
  const free = await listenAt('127.0.0.1');
  const freePort = portOf(free);
  await new Promise((resolve) => {
    free.close(resolve);
  });
  expect(await findFreePort([portOf(taken), freePort])).toBe(freePort);
  expect(await findFreePort([portOf(taken)])).not.toBe(portOf(taken));
  taken.close();
});

test('the sample of the repository is found', () => {
  expect(sampleProgram()).toMatch(/examples\/express\/server\.mjs$/);
});
