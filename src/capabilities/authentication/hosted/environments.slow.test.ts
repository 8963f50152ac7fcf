// Several environments under one roof: whoever signs in to one stays inside it.
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { type TestEnvironment, useServer } from '../../../../test/harness.ts';
import { goodPassword, makePerson, redeem } from '../../../../test/sign-in.ts';
import {
  type Visit,
  actionOf,
  authorizePath,
  codeOf,
  createVisitor,
  registerCallback,
} from '../../../../test/visitor.ts';

const server = useServer();
const host = 'login.foo-corp.example';
let owner: TestEnvironment;

beforeAll(async () => {
  owner = await server.addEnvironment('sandbox');
  await server.install.post(`/environments/${owner.clientId}/management/hosts`, { host, kind: 'auth' });
  await Promise.all([server, server.other, owner].map((environment) => registerCallback(environment)));
  // The frame's look-up of environments may be a second old.
  await vi.waitFor(
    async () => {
      const { location } = await createVisitor(server).open(authorizePath(owner));
      expect(location).toContain(host);
    },
    { timeout: 4_000 },
  );
});

/** Where everything of an environment must be. */
const bases: [string, () => TestEnvironment, () => string][] = [
  ['the environment made first', () => server, () => server.url],
  ['another one', () => server.other, () => `${server.url}/environments/${server.other.clientId}`],
  ['one with a host of its own', () => owner, () => `http://${host}:${new URL(server.url).port}`],
];

const expectInside = (page: Visit, base: string, others: readonly string[]): void => {
  expect(page.status).toBe(200);
  expect(page.url.startsWith(`${base}/`)).toBe(true);
  if (page.html.includes('<form')) expect(actionOf(page).startsWith(`${base}/`)).toBe(true);
  for (const [, link = ''] of page.html.matchAll(/<a [^>]*href="([^"]*)"/g)) {
    expect(link.startsWith(`${base}/`) || link.startsWith('https://app.example.com/callback')).toBe(true);
  }
  for (const other of others) expect(page.html).not.toContain(other);
};

describe.each(bases)('%s', (_, environmentOf, baseOf) => {
  test('keeps links, forms, cookies and redirects to itself', async () => {
    const environment = environmentOf();
    const base = baseOf();
    const others = [server, server.other, owner]
      .map(({ clientId }) => clientId)
      .filter((clientId) => clientId !== environment.clientId);
    const { email } = await makePerson(environment.api);
    const visitor = createVisitor(server);
    const first = await visitor.arrive(authorizePath(environment));
    const up = await visitor.open(first.url.replace('/sign-in', '/sign-up'));
    const second = await visitor.fill(first, { email });
    const last = await visitor.fill(second, { password: goodPassword });
    for (const page of [first, up, second, last]) expectInside(page, base, others);
    const { body } = await redeem({ ...server, ...environment }, codeOf(last));
    expect(body.user.email).toBe(email);
    const known = await visitor.open(`${base}${authorizePath(environment)}`);
    expect(new URL(known.location).searchParams.has('code')).toBe(true);
    const cookies = [...visitor.jar].flatMap(([at, jar]) => [...jar.keys()].map((name) => [at, name]));
    const at = new URL(base).host;
    expect(cookies).toEqual([
      [at, `doorwright-browser-${environment.clientId}`],
      [at, `doorwright-session-${environment.clientId}`],
    ]);
  });
});

test('a browser that is known to one is a stranger to the others', async () => {
  const { email } = await makePerson(server.api);
  const visitor = createVisitor(server);
  const first = await visitor.arrive(authorizePath(server));
  await visitor.fill(await visitor.fill(first, { email }), { password: goodPassword });
  for (const environment of [server.other, owner]) {
    const page = await visitor.arrive(authorizePath(environment, { prompt: undefined }));
    expect(new URL(page.url).pathname.endsWith('/sign-in')).toBe(true);
  }
});

test('a request at another host is sent to that of the pages once, and not round in circles', async () => {
  const { host: address, port } = new URL(server.url);
  const visitor = createVisitor(server);
  const elsewhere = await visitor.open(`http://localhost:${port}${authorizePath(server, { state: 'a&b' })}`);
  expect([elsewhere.status, elsewhere.cookies]).toEqual([302, []]);
  expect(new URL(elsewhere.location).host).toBe(address);
  const page = await visitor.arrive(elsewhere.location);
  expect([page.status, page.url.startsWith(`${server.url}/sign-in`)]).toEqual([200, true]);
  // A proxy that names another host to us does so every time.
  const again = await visitor.open(elsewhere.location.replace(address, `localhost:${port}`));
  expect(new URL(again.location).pathname).toMatch(/\/sign-in$/);
});
