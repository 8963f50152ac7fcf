import { request } from 'node:http';
import { expect, test } from 'vitest';
import { useServer } from '../../../test/harness.ts';
import type { TestEnvironment } from '../../../test/harness.ts';
import { lastEvent, makeUser } from '../../../test/people.ts';
import { outcomeOf, refresh, signIn } from '../../../test/sign-in.ts';

const server = useServer();

interface SignOut {
  session_id?: string;
  return_to?: string;
}

const signOut = (query: SignOut, headers: Record<string, string> = {}, prefix = '') =>
  server.anonymous.get(
    `${prefix}/user_management/sessions/logout?${new URLSearchParams({ ...query }).toString()}`,
    { headers },
  );

/** An environment of its own with these sign-out redirects, the first of which is the default, and a session there. */
async function stageWith(uris: readonly string[], homepage?: string) {
  const environment: TestEnvironment = await server.addEnvironment('sandbox');
  const stage = { ...server, ...environment };
  for (const uri of uris) {
    expect((await environment.api.post('/management/sign_out_redirects', { uri })).status).toBe(201);
  }
  if (homepage !== undefined) {
    const changed = await environment.api.patch('/management/settings', {
      urls: { app_homepage_url: homepage },
    });
    expect(changed.status, JSON.stringify(changed.body)).toBe(200);
  }
  const userId = await makeUser(environment.api, { email_verified: true });
  const start = () => signIn(stage, { userId, environmentId: environment.id });
  const isOn = async (session: { refresh_token: string }) =>
    outcomeOf(await refresh(stage, session.refresh_token)) === '200';
  return { ...environment, start, isOn };
}

const first = 'https://app.example.com/signed-out';
const wild = 'https://*.preview.example.com/bye';

test('a registered return_to is where the browser goes, and the session is over', async () => {
  const stage = await stageWith([first, wild]);
  for (const return_to of [first, 'https://pr-7.preview.example.com/bye']) {
    const session = await stage.start();
    const mark = await lastEvent(stage.api);
    const { status, headers } = await signOut({ session_id: session.session_id, return_to });
    expect([status, headers.get('location')]).toEqual([302, return_to]);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(await stage.isOn(session)).toBe(false);
    const { body } = await stage.api.get(`/events?after=${mark}`);
    expect(body.data).toMatchObject([
      { event: 'session.revoked', data: { id: session.session_id, status: 'revoked' } },
    ]);
  }
});

test('without return_to: the default redirect, else the homepage, else a page that says so', async () => {
  const homepage = 'https://app.example.com/';
  for (const [uris, page, expected] of [
    [[first, wild], homepage, first],
    [[], homepage, homepage],
    [[], undefined, null],
  ] as const) {
    const stage = await stageWith(uris, page);
    const session = await stage.start();
    const { status, headers, body } = await signOut({ session_id: session.session_id });
    expect([status, headers.get('location')]).toEqual([expected === null ? 200 : 302, expected]);
    if (expected === null) {
      expect(headers.get('content-type')).toMatch(/^text\/html/);
      expect(body).toContain('<h1>You are signed out</h1>');
    }
    expect(await stage.isOn(session)).toBe(false);
  }
});

test('an address that is not registered is refused with a page, and nobody is signed out (O-18)', async () => {
  const stage = await stageWith([first, wild]);
  const session = await stage.start();
  const hostile = [
    'https://evil.example/',
    `${first}/`,
    `${first}?x=1`,
    `${first}#x`,
    first.toUpperCase(),
    'https://app.example.com',
    'https://app.example.com@evil.example/signed-out',
    'https://app.example.com\\@evil.example/signed-out',
    '//evil.example/signed-out',
    '/signed-out',
    'javascript:alert(1)',
    'data:text/html,<script>alert(1)</script>',
    'https://a.b.preview.example.com/bye',
    'https://evil.example/#.preview.example.com/bye',
    `${first}\r\nset-cookie: a=b`,
    '"><script>alert(1)</script>',
    '',
  ];
  for (const return_to of hostile) {
    const { status, headers, body } = await signOut({ session_id: session.session_id, return_to });
    expect([status, headers.get('location')], return_to).toEqual([422, null]);
    expect(headers.get('content-type')).toMatch(/^text\/html/);
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(headers.get('set-cookie')).toBeNull();
    expect(body).not.toContain('<script>');
    expect(body).not.toContain('evil.example');
  }
  expect(await stage.isOn(session)).toBe(true);
});

test("another environment's redirects, and the application's own homepage, are not this one's return_to", async () => {
  const elsewhere = 'https://elsewhere.example.com/out';
  const other = await stageWith([elsewhere]);
  const stage = await stageWith([first], 'https://app.example.com/');
  const session = await stage.start();
  for (const return_to of [elsewhere, 'https://app.example.com/']) {
    expect((await signOut({ session_id: session.session_id, return_to })).status).toBe(422);
    // Naming the other environment does not lend its list: a session says which environment it is of.
    const prefix = `/environments/${other.clientId}`;
    const named = await signOut({ session_id: session.session_id, return_to }, {}, prefix);
    expect(named.headers.get('location')).toBeNull();
  }
  expect(await stage.isOn(session)).toBe(true);
});

test('a session that is over, or that nobody has, redirects no further than a good one', async () => {
  const stage = await stageWith([first]);
  const session = await stage.start();
  for (let round = 0; round < 2; round += 1) {
    const { status, headers } = await signOut({ session_id: session.session_id, return_to: first });
    expect([status, headers.get('location')]).toEqual([302, first]);
  }
  const refused = await signOut({ session_id: session.session_id, return_to: 'https://evil.example/' });
  expect(refused.status).toBe(422);
  for (const session_id of ['session_unknown', "'--", 'x'.repeat(100)]) {
    expect((await signOut({ session_id })).status).toBe(200);
    expect((await signOut({ session_id, return_to: first })).status).toBe(422);
  }
});

test('session_id is needed; malformed parameters are refused with a page', async () => {
  const queries: SignOut[] = [{}, { session_id: '' }, { session_id: 'x'.repeat(101) }, { session_id: 'a\0' }];
  for (const query of queries) {
    const { status, headers } = await signOut(query);
    expect(status, JSON.stringify(query)).toBe(422);
    expect(headers.get('content-type')).toMatch(/^text\/html/);
  }
  const twice = '/user_management/sessions/logout?session_id=a&session_id=b';
  expect((await server.anonymous.get(twice)).status).toBe(422);
  const long = { session_id: 'a', return_to: `https://app.example.com/${'x'.repeat(2_000)}` };
  expect((await signOut(long)).status).toBe(422);
});

/** `fetch` sends no HEAD with the headers of a browser that fetches ahead. */
function send(method: string, path: string, headers: Record<string, string> = {}) {
  return new Promise<{ status: number | undefined; allow: string | undefined }>((resolve, reject) => {
    request(`${server.url}${path}`, { method, headers }, (response) => {
      response.resume();
      resolve({ status: response.statusCode, allow: response.headers.allow });
    })
      .on('error', reject)
      .end();
  });
}

test('a HEAD request, as scanners of links send it, signs nobody out', async () => {
  const stage = await stageWith([first]);
  const session = await stage.start();
  const path = `/user_management/sessions/logout?session_id=${session.session_id}`;
  expect(await send('HEAD', path)).toEqual({ status: 405, allow: 'GET' });
  expect((await send('OPTIONS', path)).status).toBeLessThan(500);
  expect(await stage.isOn(session)).toBe(true);
});

test.each([
  ['sec-purpose', 'prefetch'],
  ['sec-purpose', 'prefetch;prerender'],
  ['purpose', 'prefetch'],
  ['x-purpose', 'preview'],
  ['x-moz', 'prefetch'],
])('a browser that fetches ahead (%s: %s) signs nobody out', async (name, value) => {
  const stage = await stageWith([first]);
  const session = await stage.start();
  const refused = await signOut({ session_id: session.session_id }, { [name]: value });
  expect([refused.status, refused.headers.get('cache-control')]).toEqual([403, 'no-store']);
  expect(await stage.isOn(session)).toBe(true);
  expect((await signOut({ session_id: session.session_id })).status).toBe(302);
});
