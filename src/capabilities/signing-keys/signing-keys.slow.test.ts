import { expect, test, vi } from 'vitest';
import { sql } from '../../platform/database/sql.ts';
import { useServer } from '../../../test/harness.ts';
import { createKeyring, purgeSigningKeys } from './index.ts';
import { keptDays, overlapSeconds } from './schedule.ts';

const server = useServer();
const path = '/management/signing_keys';
const unknown = 'key_01HZZZZZZZZZZZZZZZZZZZZZZZ';
const rowOf = (id: string) =>
  server.database.maybeOne<{ sealed: Buffer | null }>(
    sql`select private_key_sealed as sealed from signing_key where environment_id = ${server.id} and id = ${id}`,
  );

test('keys are listed in pages, newest first, and by purpose', async () => {
  const { api } = await server.addEnvironment('sandbox');
  const made: string[] = [];
  for (const purpose of ['session', 'connect', 'connect']) {
    made.unshift((await api.post(`${path}/rotate`, { purpose })).body.id);
  }
  const ids = async (query: string) =>
    (await api.get(`${path}${query}`)).body.data.map(({ id }: { id: string }) => id);
  expect(await ids('')).toEqual(made);
  expect(await ids('?purpose=connect')).toEqual(made.slice(0, 2));
  expect(await ids(`?limit=1&after=${made[0]}`)).toEqual([made[1]]);
  expect((await api.get(`${path}?purpose=nothing`)).status).toBe(422);
});

test('a private key is in no answer, no log line and no row in clear', async () => {
  const { id } = (await server.api.post(`${path}/rotate`, { immediately: true })).body;
  const keyring = createKeyring(server);
  await (await keyring.signer(server.id, 'session')).sign({ exp: server.clock.now().getTime() / 1_000 + 60 });
  const sealed = (await rowOf(id))?.sealed ?? Buffer.alloc(0);
  const der = server.encryption.open(sealed, `signing_key:${server.id}:${id}`);
  const secret = der.subarray(-64);
  expect(sealed.includes(secret)).toBe(false);
  const answers = JSON.stringify([(await server.api.get(path)).body, server.logLines]);
  expect(answers).not.toMatch(/PRIVATE|private_key|"(?:d|p|q|dp|dq|qi)":/);
  for (const encoding of ['base64', 'base64url', 'hex'] as const) {
    expect(answers).not.toContain(secret.subarray(0, 48).toString(encoding).slice(0, -4));
  }
});

test('a sealed key that is moved to another environment or row does not open', async () => {
  const { id } = (await server.api.post(`${path}/rotate`)).body;
  const sealed = (await rowOf(id))?.sealed ?? Buffer.alloc(0);
  expect(() => server.encryption.open(sealed, `signing_key:${server.other.id}:${id}`)).toThrow();
  expect(() => server.encryption.open(sealed, `signing_key:${server.id}:${unknown}`)).toThrow();
});

test('revocation and expiry erase the private key, and a season later the row goes', async () => {
  const first = (await server.api.post(`${path}/rotate`, { immediately: true })).body.id;
  const second = (await server.api.post(`${path}/rotate`, { immediately: true })).body.id;
  await server.api.post(`${path}/${second}/revoke`);
  expect(await rowOf(second)).toEqual({ sealed: null });
  expect((await rowOf(first))?.sealed).toBeInstanceOf(Buffer);
  server.startJobs();
  const runAgain = (afterSeconds: number) => {
    server.clock.setOffset(server.clock.offsetMs + afterSeconds * 1_000);
    return server.database.run(
      sql`update job set run_at = ${server.clock.now()} where kind = ${purgeSigningKeys.kind}`,
    );
  };
  await vi.waitFor(async () => {
    await runAgain(0);
    expect(
      await server.database.many(sql`select 1 from job where kind = ${purgeSigningKeys.kind}`),
    ).toHaveLength(1);
  }, 5_000);
  await runAgain(overlapSeconds + 1);
  await vi.waitFor(async () => {
    await runAgain(0);
    expect(await rowOf(first)).toEqual({ sealed: null });
  }, 5_000);
  await runAgain(keptDays * 86_400);
  await vi.waitFor(async () => {
    await runAgain(0);
    expect([await rowOf(first), await rowOf(second)]).toEqual([null, null]);
  }, 5_000);
  expect((await server.api.get(path)).body.data[0]).toMatchObject({ state: 'signing' });
});

test.each([
  ['an unknown purpose', { purpose: 'everything' }],
  ['an unknown algorithm', { algorithm: 'HS256' }],
  ['an elliptic curve for SAML', { purpose: 'saml-sp', algorithm: 'ES256' }],
  ['an unknown field', { size: 4_096 }],
  ['text for a truth', { immediately: 'yes' }],
])('%s is refused with 422, and nothing is made', async (_, body) => {
  const before = (await server.api.get(path)).body;
  expect((await server.api.post(`${path}/rotate`, body)).status).toBe(422);
  expect((await server.api.get(path)).body).toEqual(before);
});

test("an unknown key, and another environment's, are not found", async () => {
  const { id } = (await server.other.api.post(`${path}/rotate`)).body;
  for (const foreign of [unknown, id]) {
    const { status, body } = await server.api.post(`${path}/${foreign}/revoke`);
    expect([status, body.code]).toEqual([404, 'entity_not_found']);
  }
  expect((await server.other.api.get(path)).body.data[0].state).toBe('signing');
});

test('without a key nothing is listed, rotated or revoked', async () => {
  expect((await server.anonymous.get(path)).status).toBe(401);
  expect((await server.anonymous.post(`${path}/rotate`)).status).toBe(401);
  expect((await server.anonymous.post(`${path}/${unknown}/revoke`)).status).toBe(401);
});

test('an install key names the environment whose keys it rotates', async () => {
  const { status } = await server.install.post(`/environments/${server.clientId}${path}/rotate`);
  expect(status).toBe(201);
});

test('a rotation with an Idempotency-Key makes one key', async () => {
  const headers = { 'idempotency-key': 'rotate-once' };
  const first = await server.api.post(`${path}/rotate`, {}, { headers });
  const second = await server.api.post(`${path}/rotate`, {}, { headers });
  expect(second.body).toEqual(first.body);
});
