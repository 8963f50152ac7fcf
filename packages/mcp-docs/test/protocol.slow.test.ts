// The official client drives every tool over both transports.
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import {
  ResourceListChangedNotificationSchema,
  ResourceUpdatedNotificationSchema,
} from '@modelcontextprotocol/sdk/types.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CorpusSource } from '../src/corpus/source.ts';
import { serveHttp } from '../src/transports/http.ts';
import type { RunningServer } from '../src/transports/http.ts';
import { GARDEN, makeFolder, prepare, removeFolders, writeFiles } from './corpora.ts';
import { COMMAND } from './program.ts';

type Connection = { readonly client: Client; readonly close: () => Promise<void> };

let folder: string;
let corpus: string;
const running: RunningServer[] = [];
const sources: CorpusSource[] = [];

beforeAll(async () => {
  folder = writeFiles(GARDEN);
  const older = writeFiles({
    ...GARDEN,
    'watering/index.mdx': '# Watering\n\nWater at noon.\n',
    'old.md': '# Old page\n',
  });
  corpus = await prepare([
    { from: older, name: 'garden', version: '1.0.0' },
    { from: folder, name: 'garden', version: '2.0.0' },
  ]);
});

afterAll(async () => {
  for (const server of running) await server.close();
  for (const source of sources) source.stop();
  removeFolders();
});

async function overStdio(): Promise<Connection> {
  const client = new Client({ name: 'test', version: '1.0.0' });
  const args = [...COMMAND.args, '--corpus', corpus];
  await client.connect(new StdioClientTransport({ command: COMMAND.command, args }));
  return { client, close: () => client.close() };
}

async function startHttp(isStateless: boolean): Promise<RunningServer> {
  const source = new CorpusSource(corpus);
  source.follow();
  sources.push(source);
  const fail = (error: unknown) => expect.unreachable(String(error));
  const options = {
    port: 0,
    host: '127.0.0.1',
    isStateless,
    allowed: { hosts: [], origins: ['https://docs.example.com'] },
    onFault: fail,
  };
  const server = await serveHttp(source, options);
  running.push(server);
  return server;
}

async function overHttp(isStateless = false): Promise<Connection> {
  const { url } = await startHttp(isStateless);
  const client = new Client({ name: 'test', version: '1.0.0' });
  await client.connect(new StreamableHTTPClientTransport(new URL(url)) as Parameters<Client['connect']>[0]);
  return { client, close: () => client.close() };
}

const transports: [string, () => Promise<Connection>][] = [
  ['stdio', overStdio],
  ['HTTP with sessions', () => overHttp()],
  ['HTTP without sessions', () => overHttp(true)],
];

const CALLS: [name: string, input: Record<string, unknown>, expected: RegExp][] = [
  ['doorwright_search', { query: 'how do I connect a hose' }, /## watering\/hose/],
  ['doorwright_docs', { path: 'watering/hose', section: 'trouble' }, /hose_kinked/],
  ['doorwright_examples', { example: 'night' }, /garden\.open_tap/],
  ['doorwright_changelogs', { since: '2026-02-01' }, /Added: A second tap\./],
  ['doorwright_list', {}, /watering\/hose: Hose setup/],
  ['doorwright_operation', { name: 'POST /taps/{id}/open' }, /Identifies the tap\./],
  ['doorwright_operation', { name: 'hose_kinked' }, /the hose has a kink/],
  ['doorwright_operation', { name: 'Mulch' }, /A layer of bark/],
  ['doorwright_diff', { path: 'watering' }, /-Water at noon\./],
  ['workos_docs', { path: 'watering' }, /Use rain water/],
  ['workos_search', { query: 'kinked', maxResults: 3 }, /## watering\/hose/],
  ['workos_examples', { example: 'watering/hose' }, /garden\.taps\.open/],
  ['workos_changelogs', { package: 'garden' }, /The first tap with a long hose\./],
];

describe.each(transports)('over %s', (_, connect) => {
  let connection: Connection;

  beforeAll(async () => {
    connection = await connect();
  });

  afterAll(() => connection.close());

  // The client checks structured content against the output schema of each tool.
  test.each(CALLS)(
    '%s answers with text and with data that fits its schema',
    async (name, input, expected) => {
      await connection.client.listTools();
      const answer = await connection.client.callTool({ name, arguments: input });
      expect(answer.isError ?? false).toBe(false);
      expect(JSON.stringify(answer.content)).toMatch(expected);
      expect(answer.structuredContent).toBeTypeOf('object');
    },
  );

  test('resources, templates, prompts and completions are offered', async () => {
    const { client } = connection;
    const { resources } = await client.listResources();
    expect(resources.map(({ uri }) => uri)).toContain('docs://2.0.0/watering/hose');
    const { contents } = await client.readResource({ uri: 'docs://1.0.0/watering' });
    expect(JSON.stringify(contents)).toContain('Water at noon.');
    const { resourceTemplates } = await client.listResourceTemplates();
    expect(resourceTemplates.map(({ uriTemplate }) => uriTemplate)).toContain('docs://{version}/{+path}');
    const prompt = await client.getPrompt({ name: 'debug_error', arguments: { error: 'hose_kinked' } });
    expect(JSON.stringify(prompt.messages)).toContain('docs://2.0.0/watering/hose');
    const ref = { type: 'ref/resource' as const, uri: 'docs://{version}/{+path}' };
    const { completion } = await client.complete({ ref, argument: { name: 'path', value: 'water' } });
    expect(completion.values).toContain('watering/hose');
  });
});

test('the tools of the original have its input schemas', async () => {
  const { client, close } = await overHttp();
  const { tools } = await client.listTools();
  const shapes = tools
    .filter(({ name }) => name.startsWith('workos_'))
    .map(({ name, inputSchema }) => {
      const properties = Object.entries(inputSchema.properties ?? {}).map(([key, value]) => {
        const { description: __, ...rest } = value as Record<string, unknown>;
        return [key, rest];
      });
      return [name, { ...inputSchema, properties: Object.fromEntries(properties) as object }];
    });
  expect(Object.fromEntries(shapes)).toEqual({
    workos_docs: { type: 'object', properties: { path: { type: 'string' } }, required: ['path'] },
    workos_search: {
      type: 'object',
      properties: { query: { type: 'string' }, maxResults: { type: 'number', default: 10 } },
      required: ['query'],
    },
    workos_examples: { type: 'object', properties: { example: { type: 'string' } }, required: ['example'] },
    workos_changelogs: { type: 'object', properties: { package: { type: 'string' } }, required: ['package'] },
  });
  expect(tools.every(({ annotations }) => annotations?.readOnlyHint === true)).toBe(true);
  await close();
});

const WRONG: [string, Record<string, unknown>, RegExp][] = [
  ['workos_docs', {}, /^Error: Path parameter is required for workos_docs/],
  ['workos_search', { query: 7 }, /^Error: `query`/],
  ['workos_search', { query: 'tap', maxResults: -1 }, /^Error: `maxResults`/],
  ['workos_search', { query: 'tap', maxResults: '3' }, /^Error: `maxResults`/],
  ['workos_search', { query: 'x'.repeat(5_000) }, /^Error: `query`/],
  ['workos_changelogs', { package: 'gardn' }, /Did you mean `garden`/],
  ['doorwright_docs', { path: 'watering', version: '9.9.9' }, /There are: `garden@1\.0\.0`/],
  ['doorwright_docs', { path: 'watering', section: 'nowhere' }, /It has: /],
  ['doorwright_search', { query: 'tap', cursor: 'AAAA' }, /`cursor` does not belong/],
  ['nothing', {}, /^Error: Unknown tool: nothing/],
];

test.each(WRONG)('%s says what is wrong with %j', async (name, input, expected) => {
  const { client, close } = await overHttp(true);
  const answer = await client.callTool({ name, arguments: input });
  expect(answer.isError).toBe(true);
  expect((answer.content as { text: string }[])[0]?.text).toMatch(expected);
  await close();
});

test('an empty search is a normal answer with suggestions', async () => {
  const { client, close } = await overHttp();
  const answer = await client.callTool({ name: 'doorwright_search', arguments: { query: 'zzqqxx' } });
  expect(answer.isError ?? false).toBe(false);
  expect((answer.structuredContent as { suggestions: string[] }).suggestions).not.toEqual([]);
  await close();
});

test('a page that was subscribed to is reported when the corpus is prepared again', async () => {
  const { client, close } = await overHttp();
  const updated: string[] = [];
  const done = new Promise<void>((resolve) => {
    client.setNotificationHandler(ResourceUpdatedNotificationSchema, ({ params }) => {
      updated.push(params.uri);
    });
    client.setNotificationHandler(ResourceListChangedNotificationSchema, () => resolve());
  });
  await client.subscribeResource({ uri: 'docs://2.0.0/glossary' });
  const changed = {
    ...GARDEN,
    'glossary.md': '# Glossary\n\n## Mulch\n\nStraw.\n',
    'new.md': '# New page\n',
  };
  await prepare([{ from: writeFiles(changed), name: 'garden', version: '2.0.0' }], corpus);
  await done;
  await expect.poll(() => updated).toEqual(['docs://2.0.0/glossary']);
  await prepare([{ from: folder, name: 'garden', version: '2.0.0' }], corpus);
  await close();
});

test.each(['2024-11-05', '2025-03-26', '2025-06-18', '2025-11-25'])(
  'revision %s is spoken',
  async (revision) => {
    const { url } = await startHttp(true);
    const params = {
      protocolVersion: revision,
      capabilities: {},
      clientInfo: { name: 'test', version: '1' },
    };
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'initialize', params }),
    });
    expect(await response.json()).toMatchObject({ result: { protocolVersion: revision } });
  },
);

const REFUSED: [string, Record<string, string>, number][] = [
  ['a web page of elsewhere', { origin: 'https://evil.example' }, 403],
  ['an opaque origin', { origin: 'null' }, 403],
  ['a page of this machine', { origin: 'http://localhost:3000' }, 200],
  ['an origin that is allowed', { origin: 'https://docs.example.com' }, 200],
  ['no origin', {}, 200],
];

test.each(REFUSED)('%s is answered as it should be', async (_, headers, status) => {
  const { url } = await startHttp(true);
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      ...headers,
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'ping' }),
  });
  expect(response.status).toBe(status);
});

test('a session that does not exist answers 404, and a request without one 400', async () => {
  const { url } = await startHttp(false);
  const ask = (headers: Record<string, string>) =>
    fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        ...headers,
      },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' }),
    });
  expect((await ask({ 'mcp-session-id': makeFolder() })).status).toBe(404);
  expect((await ask({})).status).toBe(400);
});

test('llms.txt lists the pages of the newest version', async () => {
  const { url } = await startHttp(false);
  const response = await fetch(new URL('/llms.txt', url));
  expect(await response.text()).toContain('[Hose setup](docs://2.0.0/watering/hose)');
});
