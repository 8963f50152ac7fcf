// The documentation server behind /mcp/docs of the running product, by the official client of the protocol.
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type RunningProgram, buildProgram, startProgram } from '../program.ts';
import { waitUntil } from '../wait.ts';

let folder: string;
let server: RunningProgram;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'doorwright-agents-'));
  await buildProgram();
  server = await startProgram({ DOORWRIGHT_DATA_DIR: join(folder, 'data') });
}, 120_000);

afterAll(async () => {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

const initialize = JSON.stringify({
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'test', version: '1' } },
});

function post(headers: Record<string, string> = {}, body = initialize): Promise<Response> {
  return fetch(`${server.url}/mcp/docs`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      ...headers,
    },
    body,
  });
}

async function connect(url = server.url): Promise<Client> {
  const client = new Client({ name: 'test', version: '1' });
  const transport = new StreamableHTTPClientTransport(new URL(`${url}/mcp/docs`));
  await client.connect(transport as Parameters<Client['connect']>[0]);
  return client;
}

const pathsOf = async (client: Client, query: string): Promise<string[]> => {
  const answer = await client.callTool({ name: 'doorwright_search', arguments: { query } });
  const { results } = answer.structuredContent as { results: { path: string }[] };
  return results.map(({ path }) => path);
};

test('an agent finds the documentation of the product that runs', async () => {
  const client = await connect();
  const { tools } = await client.listTools();
  expect(tools.map(({ name }) => name)).toContain('workos_search');
  expect(await pathsOf(client, 'idempotency and pagination')).toContain('guides/idempotency-and-pagination');
  await client.close();
});

test('a child that was killed is replaced, and the next request of the same client is answered', async () => {
  const client = await connect();
  const [pid] = await docsPids(server.pid);
  process.kill(pid ?? 0, 'SIGKILL');
  expect(await pathsOf(client, 'backup')).toContain('self-hosting/backup');
  const [next] = await docsPids(server.pid);
  expect(next).not.toBe(pid);
  await client.close();
});

test('a page of another origin is refused; the same machine and programs are served', async () => {
  expect((await post({ origin: 'https://evil.example' })).status).toBe(403);
  const own = await post({ origin: 'http://localhost:3000' });
  expect([own.status, own.headers.get('access-control-allow-origin')]).toEqual([
    200,
    'http://localhost:3000',
  ]);
  expect((await post()).status).toBe(200);
});

test('the child sees neither the environment of the server nor what callers send besides the protocol', async () => {
  await post({ cookie: 'session=secret', authorization: 'Bearer sk_test_default' });
  const [pid] = await docsPids(server.pid);
  const environment = await readFile(`/proc/${pid}/environ`, 'utf8');
  expect(environment).not.toContain('DOORWRIGHT');
});

test('a method that the protocol does not have is refused, and a message that is too large', async () => {
  expect((await fetch(`${server.url}/mcp/docs`, { method: 'PUT' })).status).toBe(405);
  expect((await post({}, 'x'.repeat(4 * 1024 * 1024 + 1))).status).toBe(413);
});

test('llms.txt lists the pages', async () => {
  const response = await fetch(`${server.url}/mcp/docs/llms.txt`);
  expect(await response.text()).toContain('guides/first-steps');
});

describe('a server of its own', () => {
  const start = (name: string, environment: Record<string, string> = {}) =>
    startProgram({ DOORWRIGHT_DATA_DIR: join(folder, name), ...environment });

  test('switched off it answers 404', async () => {
    const off = await start('off', { DOORWRIGHT_MCP_DOCS: 'off' });
    const response = await fetch(`${off.url}/mcp/docs`, { method: 'POST', body: initialize });
    expect(response.status).toBe(404);
    expect(await docsPids(off.pid)).toEqual([]);
    await off.stop();
  });

  test.each(['SIGTERM', 'SIGKILL'] as const)('ended by %s it leaves no child behind', async (signal) => {
    const doomed = await start(signal);
    await connect(doomed.url);
    const [pid] = await docsPids(doomed.pid);
    expect(pid).toBeGreaterThan(0);
    process.kill(doomed.pid, signal);
    await doomed.ended;
    await waitUntil('the child is gone', () => !existsSync(`/proc/${pid}`));
  });
});

/** The docs servers among the children of a process. */
async function docsPids(parent: number): Promise<number[]> {
  const children = await readFile(`/proc/${parent}/task/${parent}/children`, 'utf8');
  const pids = children.trim().split(' ').filter(Boolean).map(Number);
  const commands = await Promise.all(
    pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')),
  );
  return pids.filter((_, at) => commands[at]?.includes('doorwright-mcp-docs.js'));
}
