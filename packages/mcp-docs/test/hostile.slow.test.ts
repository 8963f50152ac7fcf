// Every way out of the documentation's folder, tried through each tool that takes a path, over both transports.
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CorpusSource } from '../src/corpus/source.ts';
import { serveHttp } from '../src/transports/http.ts';
import type { RunningServer } from '../src/transports/http.ts';
import { GARDEN, makeFolder, prepare, removeFolders, writeFiles } from './corpora.ts';
import { HOSTILE } from './hostile.ts';
import { COMMAND } from './program.ts';

const SECRET = 'the combination is 7-23-41';
let corpus: string;
let source: CorpusSource;
let server: RunningServer;

beforeAll(async () => {
  // The secret lies beside the tree under every name that a path below could mean; a link inside leads to it.
  const outside = makeFolder();
  const files = ['README.md', 'README.mdx', 'etc/passwd', 'etc/passwd.md', 'package.md'];
  writeFiles(Object.fromEntries(files.map((name) => [name, SECRET])), outside);
  const docs = writeFiles(GARDEN, join(outside, 'docs'));
  symlinkSync(join(outside, 'README.md'), join(docs, 'leak.md'));
  corpus = await prepare([{ from: docs, name: 'garden', version: '1.0.0' }], join(outside, 'corpus'));
  source = new CorpusSource(corpus);
  server = await serveHttp(source, {
    port: 0,
    host: '127.0.0.1',
    isStateless: false,
    allowed: { hosts: [], origins: [] },
    onFault: (error) => expect.unreachable(String(error)),
  });
});

afterAll(async () => {
  await server.close();
  removeFolders();
});

const transports = {
  stdio: () =>
    new StdioClientTransport({
      command: COMMAND.command,
      args: [...COMMAND.args, '--corpus', corpus],
      stderr: 'pipe',
    }),
  HTTP: () => new StreamableHTTPClientTransport(new URL(server.url)),
};

const FORMS: readonly ((path: string) => { name: string; arguments: Record<string, unknown> })[] = [
  (path) => ({ name: 'doorwright_docs', arguments: { path } }),
  (path) => ({ name: 'workos_docs', arguments: { path } }),
  (path) => ({ name: 'workos_examples', arguments: { example: path } }),
  (path) => ({ name: 'workos_changelogs', arguments: { package: path } }),
  (path) => ({ name: 'doorwright_list', arguments: { path } }),
  (path) => ({ name: 'doorwright_docs', arguments: { path: 'watering', version: path } }),
  (path) => ({ name: 'doorwright_search', arguments: { query: 'combination', section: path } }),
];

describe.each(Object.entries(transports))('over %s', (_, open) => {
  let client: Client;

  beforeAll(async () => {
    client = new Client({ name: 'test', version: '1.0.0' });
    await client.connect(open() as Parameters<Client['connect']>[0]);
  });

  afterAll(() => client.close());

  test.each(HOSTILE.map((path) => [path.slice(0, 60), path]))(
    '%j gives nothing away',
    async (_name, path) => {
      for (const form of FORMS) {
        const answer = await client.callTool(form(path));
        expect(JSON.stringify(answer)).not.toMatch(/7-23-41|root:x:0|HOME=/);
      }
      const read = await client.readResource({ uri: `docs://1.0.0/${path}` }).catch(String);
      expect(JSON.stringify(read)).not.toMatch(/7-23-41|root:x:0|HOME=/);
    },
  );

  test('a link inside the tree to a file outside is no page', async () => {
    const answer = await client.callTool({ name: 'doorwright_docs', arguments: { path: 'leak' } });
    expect(answer.isError).toBe(true);
    expect(JSON.stringify(answer)).not.toContain('7-23-41');
  });

  test('the server still answers after all of them', async () => {
    const answer = await client.callTool({ name: 'doorwright_docs', arguments: { path: 'watering/hose' } });
    expect(JSON.stringify(answer)).toContain('hose_kinked');
  });
});
