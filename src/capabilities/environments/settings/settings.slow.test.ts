import { expect, test } from 'vitest';
import { useServer } from '../../../../test/harness.ts';
import { inEnvironment } from '../../../../test/people.ts';
import { waitUntil } from '../../../../test/wait.ts';
import { sql } from '../../../platform/database/sql.ts';
import { createScope, inTransaction } from '../../../platform/transaction.ts';
import { system } from '../../../platform/scope.ts';
import { createEnvironmentDirectory } from '../directory.ts';
import { readSettings, updateSettings, urlSettings } from './settings.ts';

const server = useServer();
const path = '/management/settings';

test('untouched settings have their defaults, and a change touches only what it names', async () => {
  expect((await server.api.get(path)).body.urls).toEqual({
    app_homepage_url: null,
    sign_in_url: null,
    sign_up_url: null,
    user_invitation_url: null,
    password_reset_url: null,
  });
  await server.api.patch(path, { urls: { sign_in_url: 'https://app.example.com/login' } });
  const { body } = await server.api.patch(path, { urls: { app_homepage_url: 'https://app.example.com' } });
  expect(body.urls).toMatchObject({
    app_homepage_url: 'https://app.example.com',
    sign_in_url: 'https://app.example.com/login',
  });
  expect((await server.api.patch(path, { urls: { sign_in_url: null } })).body.urls.sign_in_url).toBeNull();
});

test('parallel changes of one group all hold', async () => {
  const changes = [
    { app_homepage_url: 'https://a.example.com' },
    { sign_up_url: 'https://b.example.com' },
    { user_invitation_url: 'https://c.example.com' },
    { password_reset_url: 'https://d.example.com' },
  ];
  const { api } = await server.addEnvironment('sandbox');
  await Promise.all(changes.map((urls) => api.patch(path, { urls })));
  expect((await api.get(path)).body.urls).toMatchObject(Object.assign({}, ...changes));
});

test.each([
  ['an unknown group', { nothing: {} }],
  ['an unknown field', { urls: { nothing: 1 } }],
  ['a URL that is none', { urls: { sign_in_url: 'app.example.com' } }],
  ['a script', { urls: { sign_in_url: 'javascript:alert(1)' } }],
])('%s is refused with 422 and nothing changes', async (_, input) => {
  const before = (await server.api.get(path)).body;
  expect((await server.api.patch(path, input)).status).toBe(422);
  expect((await server.api.get(path)).body).toEqual(before);
});

test('each environment has settings of its own, and no key reads none', async () => {
  await server.api.patch(path, { urls: { sign_up_url: 'https://mine.example.com' } });
  expect((await server.other.api.get(path)).body.urls.sign_up_url).toBeNull();
  expect((await server.anonymous.get(path)).status).toBe(401);
  expect((await server.anonymous.patch(path, {})).status).toBe(401);
});

const homepage = (name: string) => `https://${name}.example.com`;

/** Reads as requests on one node do: with the environment as its frame holds it. */
async function openNode() {
  const { database } = await server.startNode();
  const directory = createEnvironmentDirectory(database);
  const transact = async <Value>(work: Parameters<typeof inTransaction<Value>>[2]): Promise<Value> => {
    const environment = await directory.byId(server.id);
    const scope = createScope({ environment, principal: system, requestId: 'test', now: server.clock.now() });
    return inTransaction(database, scope, work);
  };
  return {
    transact,
    read: () => transact(async (tx) => (await readSettings(tx, urlSettings)).app_homepage_url),
  };
}

test('a change is read at once by the node that made it, and by another within a second', async () => {
  const node = await openNode();
  await server.api.patch(path, { urls: { app_homepage_url: homepage('first') } });
  expect(await node.read()).toBe(homepage('first'));
  await node.transact((tx) => updateSettings(tx, { urls: { app_homepage_url: homepage('second') } }));
  expect(await node.read()).toBe(homepage('second'));
  // As another process changes it: this one is not told.
  await server.database.run(sql`
    update environment_setting set value = ${JSON.stringify({ app_homepage_url: homepage('third') })}
    where environment_id = ${server.id} and name = 'urls'`);
  const waitedMs = await waitUntil(
    'the change is seen',
    async () => (await node.read()) === homepage('third'),
  );
  expect(waitedMs).toBeLessThan(1_500);
});

test('what a transaction has changed is its own until it commits, and nobody else ever reads what it undid', async () => {
  const node = await openNode();
  const changed = homepage('undone');
  const attempt = node.transact(async (tx) => {
    await updateSettings(tx, { urls: { app_homepage_url: changed } });
    expect((await readSettings(tx, urlSettings)).app_homepage_url).toBe(changed);
    expect(await node.read()).not.toBe(changed);
    throw new Error('undone');
  });
  await expect(attempt).rejects.toThrow('undone');
  expect(await node.read()).not.toBe(changed);
});

test('remembered settings of one environment are not those of another, and cannot be changed by who reads them', async () => {
  await server.api.patch(path, { urls: { app_homepage_url: homepage('mine') } });
  const read = (of: { id: string }) =>
    inEnvironment({ ...server, id: of.id }, (tx) => readSettings(tx, urlSettings));
  expect((await read(server)).app_homepage_url).toBe(homepage('mine'));
  expect((await read(server.other)).app_homepage_url).toBeNull();
  expect(Object.isFrozen(await read(server))).toBe(true);
});
