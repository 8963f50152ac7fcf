import { afterAll, beforeAll, expect, test } from 'vitest';
import { GARDEN, prepare, removeFolders, writeFiles } from './corpora.ts';
import { RawServer } from './program.ts';

let corpus: string;

beforeAll(async () => {
  corpus = await prepare([{ from: writeFiles(GARDEN), name: 'garden', version: '2.0.0' }]);
});

afterAll(removeFolders);

const INITIALIZE = {
  protocolVersion: '2024-11-05',
  capabilities: {},
  clientInfo: { name: 'test', version: '1' },
};

test('a thousand piped calls are each answered once, and standard output has nothing else', async () => {
  const server = new RawServer(['--corpus', corpus]);
  server.call(0, 'initialize', INITIALIZE);
  for (let id = 1; id <= 1_000; id += 1) {
    const isSearch = id % 2 === 0;
    const name = isSearch ? 'workos_search' : 'workos_docs';
    server.call(id, 'tools/call', {
      name,
      arguments: isSearch ? { query: `open tap ${id}` } : { path: 'watering/hose' },
    });
  }
  await server.until(() => server.lines.length >= 1_001);
  const ids = server.answers().map(({ id }) => id);
  expect(new Set(ids).size).toBe(1_001);
  expect(ids).toHaveLength(1_001);
  expect(server.answers().every(({ result }) => result !== undefined)).toBe(true);
  expect(await server.end()).toBe(0);
});

test('malformed lines are answered with errors, and the next line is read', async () => {
  const server = new RawServer(['--corpus', corpus]);
  const frames: [line: string, code: number][] = [
    ['{', -32_700],
    ['nonsense', -32_700],
    ['\u0000\u0001', -32_700],
    ['[]', -32_600],
    ['42', -32_600],
    ['null', -32_600],
    ['{"jsonrpc":"1.0","id":5,"method":"ping"}', -32_600],
    ['{"id":6,"method":"ping"}', -32_600],
    ['{"jsonrpc":"2.0","id":{},"method":"ping"}', -32_600],
    ['{"jsonrpc":"2.0","id":8,"method":7}', -32_600],
    ['{"jsonrpc":"2.0","id":9,"method":"no/such/method"}', -32_601],
    ['{"jsonrpc":"2.0","id":10,"method":"tools/call","params":{"name":7}}', -32_602],
    ['{"jsonrpc":"2.0","id":11,"method":"resources/read","params":{"uri":"file:///etc/passwd"}}', -32_002],
  ];
  for (const [line] of frames) server.send(line);
  server.send('');
  server.call(99, 'ping', {});
  await server.until(() => server.lines.length >= frames.length + 1);
  const answers = server.answers();
  const codes = answers.flatMap(({ error }) => (error === undefined ? [] : [error.code]));
  expect(codes.sort()).toEqual(frames.map(([, code]) => code).sort());
  expect(answers.find(({ id }) => id === 99)?.result).toEqual({});
  expect(await server.end()).toBe(0);
});

test('a line of ten megabytes is refused without losing the next', async () => {
  const server = new RawServer(['--corpus', corpus]);
  server.call(1, 'tools/call', { name: 'workos_search', arguments: { query: 'x'.repeat(10_000_000) } });
  server.call(2, 'ping', {});
  await server.until(() => server.lines.length >= 2);
  const answers = server.answers();
  expect(answers[0]?.error?.code).toBe(-32_600);
  expect(answers[1]).toMatchObject({ id: 2, result: {} });
  expect(await server.end()).toBe(0);
});

test('a corpus that is not there is said on standard error, with what to do', async () => {
  const server = new RawServer(['--corpus', '/nonexistent']);
  await server.until(() => false);
  expect(server.child.exitCode).toBe(1);
  expect(server.errors).toContain('doorwright-mcp-docs prepare --from');
  expect(server.lines).toEqual([]);
});

test('with a free port the address comes as one line of JSON on standard error', async () => {
  const server = new RawServer(['--corpus', corpus, '--http', '0']);
  await server.until(() => server.errors.includes('\n'));
  const ready = JSON.parse(server.errors.split('\n')[0] ?? '') as {
    event: string;
    url: string;
    port: number;
    pid: number;
  };
  expect(ready).toMatchObject({ event: 'listening', pid: server.child.pid });
  expect((await fetch(`http://127.0.0.1:${ready.port}/health`)).status).toBe(200);
  server.child.kill('SIGTERM');
  await server.until(() => false);
  expect(server.child.exitCode).toBe(0);
  expect(server.lines).toEqual([]);
});
