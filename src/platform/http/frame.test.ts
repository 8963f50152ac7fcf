import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { createClient } from '../../../test/client.ts';
import { createTestDatabase, useDatabase } from '../../../test/postgres.ts';
import { systemClock } from '../clock.ts';
import { Bytes } from '../contract.ts';
import type { Db } from '../database/database.ts';
import { sql } from '../database/sql.ts';
import { createEncryption } from '../encryption.ts';
import { ApiError } from '../errors.ts';
import { createLog } from '../log.ts';
import { createMetrics } from '../metrics.ts';
import { type Operation, Reply, operation, redirect, stream } from '../operation.ts';
import { createRateLimiter } from '../rate-limit.ts';
import { type Environment, type Principal, nobody } from '../scope.ts';
import { createAddressReader } from './address.ts';
import { createFrame } from './frame.ts';
import { page } from './page.ts';
import { type Listener, listen } from './server.ts';

const environment: Environment = {
  id: 'environment_a',
  name: 'A',
  kind: 'sandbox',
  client_id: 'client_a',
  cors_origins: [],
  is_default: true,
  hosts: {},
};
const reader: Principal = {
  ...nobody,
  kind: 'user',
  id: 'user_1',
  environmentId: environment.id,
  permissions: new Set(['notes:read']),
};

const shared = {
  summary: 'Test',
  protocol: 'api',
  principals: ['user'],
  environmentFrom: 'principal',
  permission: null,
} as const;
const Note = z.strictObject({ id: z.string() });
let prepared: string[] = [];

async function isTransaction(db: Db): Promise<boolean> {
  const ask = () => db.one<{ xid: string }>(sql`select pg_current_xact_id()::text as xid`);
  return (await ask()).xid === (await ask()).xid;
}

/** Operations of every kind that capabilities can declare, so that the frame is tested apart from them. */
const operations: readonly Operation[] = [
  operation({
    ...shared,
    id: 'notes.read',
    method: 'GET',
    path: '/notes',
    permission: 'notes:read',
    returns: { 200: Note },
    run: () => Promise.resolve({ id: 'n' }),
  }),
  operation({
    ...shared,
    id: 'notes.write',
    method: 'POST',
    path: '/notes',
    permission: 'notes:write',
    returns: { 201: Note },
    run: () => Promise.resolve({ id: 'n' }),
  }),
  operation({
    ...shared,
    id: 'notes.wrong',
    method: 'GET',
    path: '/wrong',
    returns: { 200: Note },
    run: () => Promise.resolve({ id: 7 }),
  }),
  operation({
    ...shared,
    id: 'notes.fail',
    method: 'GET',
    path: '/fail',
    returns: { 200: Note },
    run: () => Promise.reject(new Error('secret detail')),
  }),
  operation({
    ...shared,
    id: 'notes.page',
    protocol: 'page',
    principals: ['none'],
    method: 'GET',
    path: '/page',
    returns: { 200: 'text/html' },
    run: () => Promise.resolve(page('<h1>Hello</h1>')),
  }),
  operation({
    ...shared,
    id: 'notes.page_error',
    protocol: 'page',
    principals: ['none'],
    method: 'GET',
    path: '/page-error',
    returns: { 200: 'text/html' },
    run: () => Promise.reject(new ApiError('x', { status: 404, message: 'No <b>page</b> here.' })),
  }),
  operation({
    ...shared,
    id: 'notes.page_refused',
    protocol: 'page',
    method: 'POST',
    path: '/page-refused',
    returns: { 200: 'text/html' },
    run: () => Promise.reject(new ApiError('x', { status: 422, message: 'Not so.' })),
  }),
  operation({
    ...shared,
    id: 'notes.redirect',
    protocol: 'page',
    principals: ['none'],
    method: 'GET',
    path: '/away',
    returns: { 302: null },
    run: () => Promise.resolve(redirect('/page')),
  }),
  operation({
    ...shared,
    id: 'notes.stream',
    principals: ['none'],
    method: 'GET',
    path: '/stream',
    returns: { 200: 'text/event-stream' },
    run: () => Promise.resolve(stream('text/event-stream', chunks())),
  }),
  operation({
    ...shared,
    id: 'notes.upload',
    principals: ['none'],
    method: 'POST',
    path: '/upload',
    accepts: 'bytes',
    body: Bytes,
    bodyLimit: 1_000,
    returns: { 200: 'application/octet-stream' },
    run: (_, { body }) => Promise.resolve(new Reply(200, {}, body)),
  }),
  operation({
    ...shared,
    id: 'notes.prepare',
    principals: ['none'],
    method: 'POST',
    path: '/prepare',
    returns: { 200: Note },
    prepare: async (db) => {
      prepared = (
        await db.many<{ xid: string | null }>(sql`select pg_current_xact_id_if_assigned()::text as xid`)
      ).map(String);
      return 'ready';
    },
    run: (_, input) => Promise.resolve({ id: input.prepared }),
  }),
  operation({
    ...shared,
    id: 'notes.alone',
    method: 'POST',
    path: '/alone',
    body: z.object({ id: z.string() }),
    returns: { 200: Note },
    prepare: (_, { body }) => Promise.resolve(`${body.id} prepared`),
    runAlone: async (db, { body, prepared: made }) =>
      body.id === 'usual' && !(await isTransaction(db)) ? { id: `${made}, alone` } : null,
    run: async (tx, { prepared: made }) => ({ id: (await isTransaction(tx)) ? made : 'no transaction' }),
  }),
  ...(['oauth', 'vault', 'scim'] as const).map((protocol) =>
    operation({
      ...shared,
      id: `notes.${protocol}`,
      protocol,
      principals: ['none'],
      method: 'GET',
      path: `/${protocol}`,
      returns: { 200: null },
      run: () => Promise.reject(new ApiError('invalid_grant', { status: 400, message: 'Nothing to grant.' })),
    }),
  ),
];

function chunks(): ReadableStream<Uint8Array> {
  const parts = ['data: 1\n\n', 'data: 2\n\n'].map((text) => new TextEncoder().encode(text));
  return new ReadableStream({
    pull(controller) {
      const part = parts.shift();
      if (part) controller.enqueue(part);
      else controller.close();
    },
  });
}

const opened = useDatabase(createTestDatabase);
let listener: Listener;
const logLines: string[] = [];
let url: string;

beforeAll(async () => {
  const app = createFrame({
    operations,
    database: opened.database,
    clock: systemClock,
    log: createLog('info', { write: (line) => void logLines.push(line) }),
    metrics: createMetrics(() => Promise.resolve({ waiting: 0, dead: 0 })),
    encryption: createEncryption([{ id: 'k1', key: Buffer.alloc(32, 1) }]),
    authenticators: [
      { recognizes: (bearer) => bearer === 'reader', authenticate: () => Promise.resolve(reader) },
    ],
    environments: {
      byId: (id) => Promise.resolve(id === environment.id ? environment : null),
      byClientId: () => Promise.resolve(null),
      byHost: () => Promise.resolve(null),
      default: () => Promise.resolve(environment),
      isOriginKnown: () => Promise.resolve(false),
    },
    rateLimiter: createRateLimiter(0, () => 0),
    readAddress: createAddressReader([]),
    hostGuard: null,
    responseCheck: 'always',
  });
  listener = await listen({ app, host: '127.0.0.1', port: 0, tls: null });
  url = `http://127.0.0.1:${listener.port}`;
});

afterAll(() => listener.drain(500));

const as = (key: string | null) => createClient(url, key);

test('a principal does what its permissions say and nothing else', async () => {
  expect((await as('reader').get('/notes')).body).toEqual({ id: 'n' });
  const refused = await as('reader').post('/notes', {});
  expect([refused.status, refused.body.code]).toEqual([403, 'forbidden']);
  expect(refused.body.message).toContain('notes:write');
  expect((await as(null).get('/notes')).status).toBe(401);
  expect((await as('somebody').get('/notes')).status).toBe(401);
});

test('an answer that is not what the operation declares is an error where every answer is checked', async () => {
  const { status, body } = await as('reader').get('/wrong');
  expect([status, body.code]).toEqual([500, 'internal_error']);
  expect(logLines.join('')).toContain('response does not match its schema');
});

test('a fault of ours is logged whole and answered without a word of it', async () => {
  const response = await as('reader').get('/fail');
  expect(response.status).toBe(500);
  expect(JSON.stringify(response.body)).not.toContain('secret detail');
  expect(response.body.message).toContain(response.headers.get('x-request-id'));
  expect(logLines.join('')).toContain('secret detail');
});

test('pages, redirects and streams leave as they are', async () => {
  const hello = await as(null).get('/page');
  expect([hello.status, hello.body]).toEqual([200, '<h1>Hello</h1>']);
  const away = await as(null).get('/away');
  expect([away.status, away.headers.get('location')]).toEqual([302, '/page']);
  const streamed = await as(null).get('/stream');
  expect([streamed.headers.get('content-type'), streamed.body]).toEqual([
    'text/event-stream',
    'data: 1\n\ndata: 2\n\n',
  ]);
});

test('a form of a page is not replayed for an Idempotency-Key, and its refusal keeps its policy', async () => {
  const send = () =>
    as('reader').post('/page-refused', undefined, { headers: { 'idempotency-key': 'page' } });
  const first = await send();
  const again = await send();
  expect([again.status, again.headers.get('idempotent-replayed')]).toEqual([422, null]);
  expect(first.headers.get('content-security-policy')).toContain("default-src 'none'");
  expect(again.headers.get('content-security-policy')).toBe(first.headers.get('content-security-policy'));
});

test('an upload arrives byte for byte within its limit', async () => {
  const bytes = Uint8Array.from({ length: 1_000 }, (_, index) => index % 256);
  const sent = await fetch(`${url}/upload`, { method: 'POST', body: bytes });
  expect(new Uint8Array(await sent.arrayBuffer())).toEqual(bytes);
  const tooMuch = await fetch(`${url}/upload`, { method: 'POST', body: new Uint8Array(1_001) });
  expect(tooMuch.status).toBe(413);
});

test('preparation runs outside the transaction and hands over what it made', async () => {
  expect((await as(null).post('/prepare')).body).toEqual({ id: 'ready' });
  expect(prepared).toHaveLength(1);
});

test('the usual case runs alone, any other in the transaction', async () => {
  const post = async (id: string, headers = {}): Promise<unknown> =>
    (await as('reader').post('/alone', { id }, { headers })).body.id;
  expect(await post('usual')).toBe('usual prepared, alone');
  expect(await post('other')).toBe('other prepared');
  // The reply is stored with the work, so there is a transaction.
  expect(await post('usual', { 'idempotency-key': 'alone' })).toBe('usual prepared');
});

test('each protocol has its own error shape', async () => {
  expect((await as(null).get('/oauth')).body).toEqual({
    error: 'invalid_grant',
    error_description: 'Nothing to grant.',
  });
  expect((await as(null).get('/vault')).body).toEqual({ error: 'Nothing to grant.' });
  const scim = await as(null).get('/scim');
  expect(scim.headers.get('content-type')).toContain('application/scim+json');
  expect(scim.body).toEqual({
    schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
    status: '400',
    detail: 'Nothing to grant.',
  });
  const html = await as(null).get('/page-error');
  expect([html.status, html.headers.get('content-type')]).toEqual([404, 'text/html; charset=utf-8']);
  expect(html.body).toContain('No &#60;b&#62;page&#60;/b&#62; here.');
  expect(html.body).toContain(html.headers.get('x-request-id'));
});
