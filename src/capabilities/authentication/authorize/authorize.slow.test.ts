// The door: what an application may ask for, what is said of anything else, and who comes in without a question.
import { beforeAll, describe, expect, test } from 'vitest';
import { useServer } from '../../../../test/harness.ts';
import { makeMembership, makeOrganization } from '../../../../test/people.ts';
import { goodPassword, makePerson, makeVerifier, redeem, sessionOf } from '../../../../test/sign-in.ts';
import { advance } from '../../../../test/time.ts';
import {
  type Visit,
  type Visitor,
  authorizePath,
  callback,
  codeOf,
  createVisitor,
  enterPassword,
  pathOf,
  registerCallback,
} from '../../../../test/visitor.ts';

const server = useServer();

beforeAll(async () => {
  for (const uri of [
    callback,
    'https://*.preview.example.com/cb',
    'http://127.0.0.1:*/cb',
    'com.example.app:/cb',
    'https://app.example.com/with?tenant=1',
  ])
    await registerCallback(server, uri);
  await registerCallback(server.other, 'https://elsewhere.example.com/cb');
});

const ask = (query: Record<string, string | undefined>, visitor = createVisitor(server)): Promise<Visit> =>
  visitor.open(authorizePath(server, query));

/** What an application is told at its address. */
const toldAt = ({ location }: Visit): Record<string, string> =>
  Object.fromEntries(new URL(location).searchParams);

const state = 'a b+c/d=?&"<script>é%20';

describe('a request that cannot be served is told at the redirect URI, with its state', () => {
  test.each([
    ['no response_type', { response_type: undefined }, 'unsupported_response_type'],
    ['response_type token', { response_type: 'token' }, 'unsupported_response_type'],
    ['a challenge without its method', { code_challenge: 'a'.repeat(43) }, 'invalid_request'],
    [
      'a plain challenge',
      { code_challenge: 'a'.repeat(43), code_challenge_method: 'plain' },
      'invalid_request',
    ],
    ['a method without a challenge', { code_challenge_method: 'S256' }, 'invalid_request'],
    ['a short challenge', { code_challenge: 'a', code_challenge_method: 'S256' }, 'invalid_request'],
    ['no selector', { provider: undefined }, 'invalid_connection_selector'],
    ['two selectors', { connection_id: 'conn_1' }, 'invalid_connection_selector'],
    ['an unknown provider', { provider: 'Nobody' }, 'connection_invalid'],
    ['an unknown connection', { provider: undefined, connection_id: 'conn_1' }, 'connection_invalid'],
    [
      'an organization without connection',
      { provider: undefined, organization_id: 'org_1' },
      'organization_invalid',
    ],
    ['an unknown organization', { organization_id: 'org_1' }, 'organization_invalid'],
    ['an unknown screen', { screen_hint: 'sign-out' }, 'invalid_request'],
    ['a max_age that is no number', { max_age: '-1' }, 'invalid_request'],
    ['an unknown prompt', { prompt: 'please' }, 'invalid_request'],
    ['an unknown invitation', { invitation_token: 'x' }, 'invitation_invalid'],
  ])('%s', async (_, query, error) => {
    const visit = await ask({ state, ...query });
    expect(visit.status).toBe(302);
    expect(visit.location.startsWith(`${callback}?`)).toBe(true);
    expect(toldAt(visit)).toEqual({ error, error_description: expect.stringMatching(/\.$/), state });
    expect(visit.cookies).toEqual([]);
  });

  test("another environment's organization is unknown", async () => {
    const id = await makeOrganization(server.other.api);
    expect(toldAt(await ask({ organization_id: id }))).toMatchObject({ error: 'organization_invalid' });
  });
});

/** A page of ours that leads nowhere. */
const expectRefused = (visit: Visit, status: number): void => {
  expect([visit.status, visit.location]).toEqual([status, '']);
  expect(visit.headers['content-type']).toBe('text/html; charset=utf-8');
  expect(visit.headers['content-security-policy']).toContain("frame-ancestors 'none'");
  expect(visit.html).not.toMatch(/<script>|http-equiv|href="http/);
};

describe('nobody is sent to an address that is not registered (O-08)', () => {
  test.each([
    `${callback}/`,
    'https://app.example.com/Callback',
    'https://APP.example.com/callback',
    'HTTPS://app.example.com/callback',
    'http://app.example.com/callback',
    'https://app.example.com/call%62ack',
    'https://app.example.com/%2e%2e/callback',
    'https://app.example.com/x/../callback',
    'https://user@app.example.com/callback',
    'https://app.example.com@evil.example/callback',
    `${callback}#`,
    `${callback}#x`,
    `${callback}?x=1`,
    `${callback}/more`,
    'https://app.example.com:443/callback',
    'https://app.example.com:8443/callback',
    'https://app.example.com\\@evil.example/callback',
    'https://evil.example\\app.example.com/callback',
    'https://äpp.example.com/callback',
    'https://аpp.example.com/callback',
    'https://app.example.com./callback',
    'https://evil.app.example.com/callback',
    'https://a.b.preview.example.com/cb',
    'https://preview.example.com/cb',
    'https://x.preview.example.com/cb/',
    'https://evil.example/.preview.example.com/cb',
    'http://x.preview.example.com/cb',
    'https://*.preview.example.com/cb',
    'http://localhost:3000/cb',
    'http://127.0.0.1:3000/cb/x',
    'http://127.0.0.1.evil.example:80/cb',
    'https://elsewhere.example.com/cb',
    'com.example.app:/cb/x',
    'com.example.app://cb',
    'javascript:alert(1)',
    '//app.example.com/callback',
    '',
    `${callback}\r\nx: y`,
    '"><script>alert(1)</script>',
  ])('%j', async (uri) => {
    expectRefused(await ask({ redirect_uri: uri, state: '"><script>alert(1)</script>' }), 400);
  });

  test.each([
    'https://x.preview.example.com/cb',
    'http://127.0.0.1:49152/cb',
    'com.example.app:/cb',
    'https://app.example.com/with?tenant=1',
  ])('%j is registered', async (uri) => {
    const visit = await ask({ redirect_uri: uri, prompt: 'none', state: 's' });
    const mark = uri.includes('?') ? '&' : '?';
    expect(visit.location.startsWith(`${uri}${mark}error=login_required`)).toBe(true);
    expect(new URL(visit.location).searchParams.get('state')).toBe('s');
  });

  test.each([
    ['no redirect URI', { redirect_uri: undefined }, 422],
    ['no client', { client_id: undefined }, 422],
    ['an unknown client', { client_id: 'client_nobody' }, 400],
    ['a client that is markup', { client_id: '<script>' }, 400],
    ["another environment's address", { redirect_uri: 'https://elsewhere.example.com/cb' }, 400],
    ['a state beyond all measure', { state: 'x'.repeat(4_001) }, 422],
  ])('%s is answered by a page of ours', async (_, query, status) => {
    expectRefused(await ask(query), status);
  });

  test('a parameter that is given twice is refused, whichever comes first', async () => {
    const visitor = createVisitor(server);
    for (const twice of [
      `redirect_uri=${encodeURIComponent('https://evil.example/')}`,
      'state=b',
      'client_id=client_x',
    ]) {
      expectRefused(await visitor.open(`${authorizePath(server, { state: 'a' })}&${twice}`), 422);
    }
  });
});

test('neither HEAD nor a browser that fetches ahead begins a sign-in', async () => {
  const head = await fetch(server.url + authorizePath(server), { method: 'HEAD', redirect: 'manual' });
  expect([head.status, head.headers.get('set-cookie')]).toEqual([405, null]);
  for (const headers of [{ 'sec-purpose': 'prefetch' }, { purpose: 'prefetch' }] as Record<
    string,
    string
  >[]) {
    const visit = await createVisitor(server).open(authorizePath(server), headers);
    expect([visit.status, visit.cookies]).toEqual([403, []]);
  }
});

test.each([
  [{}, '/sign-in', ''],
  [{ screen_hint: 'sign-up' }, '/sign-up', ''],
  [{ screen_hint: 'sign-in', login_hint: 'ada@example.com' }, '/sign-in', 'value="ada@example.com"'],
  [{ screen_hint: 'sign-up', login_hint: 'ada@example.com' }, '/sign-up', 'value="ada@example.com"'],
])('%j opens %s', async (query, path, text) => {
  const page = await createVisitor(server).arrive(authorizePath(server, query));
  expect([page.status, pathOf(page.url)]).toEqual([200, path]);
  expect(page.html).toContain(text);
});

test('a hint that is markup is not shown, and one that is odd is escaped', async () => {
  const odd = `"<b>&'"@example.com`;
  for (const hint of ['<script>alert(1)</script>', odd]) {
    const page = await createVisitor(server).arrive(authorizePath(server, { login_hint: hint, state: hint }));
    expect(page.html).not.toMatch(/<script>alert|<b>/);
  }
});

/** A browser in which somebody has signed in, and the code that the application got. */
async function signedIn(person?: {
  email: string;
}): Promise<{ visitor: Visitor; code: string; email: string }> {
  const { email } = person ?? (await makePerson(server.api));
  const visitor = createVisitor(server);
  const page = await enterPassword(visitor, server, { email, password: goodPassword });
  return { visitor, code: codeOf(page), email };
}

/** Whether a visit is answered with a code at once. */
const comesIn = async (visitor: Visitor, query: Record<string, string> = {}): Promise<boolean> =>
  new URL((await ask(query, visitor)).location).searchParams.has('code');

describe('a browser that is known', () => {
  test('is sent back with a code that works once, for the challenge of this request', async () => {
    const { visitor, email } = await signedIn();
    const { verifier, challenge } = makeVerifier();
    const visit = await ask(
      { state, code_challenge: challenge, code_challenge_method: 'S256', prompt: 'none' },
      visitor,
    );
    expect(toldAt(visit)).toEqual({ code: expect.any(String), state });
    const { code = '' } = toldAt(visit);
    expect((await redeem(server, code)).status).toBe(400);
    const { status, body } = await redeem(server, code, { code_verifier: verifier });
    expect([status, body.user?.email, body.authentication_method]).toEqual([200, email, 'Password']);
    expect((await redeem(server, code, { code_verifier: verifier })).status).toBe(400);
  });

  test('is asked again when the application wants it', async () => {
    const { visitor } = await signedIn();
    expect(await comesIn(visitor)).toBe(true);
    expect(await comesIn(visitor, { max_age: '600' })).toBe(true);
    for (const query of [
      { prompt: 'login' },
      { prompt: 'select_account' },
      { screen_hint: 'sign-up' },
      { max_age: '0' },
      { login_hint: 'somebody.else@example.com' },
    ])
      expect(await comesIn(visitor, query), JSON.stringify(query)).toBe(false);
    advance(server.clock, 601_000);
    expect(await comesIn(visitor, { max_age: '600' })).toBe(false);
    expect(toldAt(await ask({ max_age: '600', prompt: 'none' }, visitor))).toMatchObject({
      error: 'login_required',
    });
    expect(await comesIn(visitor)).toBe(true);
  });

  test('nobody is known in a new browser, and an application that wants no page is told so', async () => {
    const visit = await ask({ prompt: 'none', state });
    expect(toldAt(visit)).toMatchObject({ error: 'login_required', state });
  });

  test('a question that is left is no page for an application that wants none', async () => {
    const person = await makePerson(server.api);
    const { visitor } = await signedIn(person);
    for (const name of ['One', 'Two']) {
      const organization_id = await makeOrganization(server.api, name);
      await makeMembership(server.api, { user_id: person.id, organization_id });
    }
    expect(toldAt(await ask({ prompt: 'none' }, visitor))).toMatchObject({ error: 'interaction_required' });
    expect(pathOf((await ask({}, visitor)).location)).toBe('/organization-selection');
  });

  test('comes in to an organization as a member; anybody else may use another account', async () => {
    const person = await makePerson(server.api);
    const { visitor } = await signedIn(person);
    const { organization_id } = await makeMembership(server.api, { user_id: person.id });
    const visit = await ask({ organization_id }, visitor);
    const { body } = await redeem(server, toldAt(visit)['code'] ?? '');
    expect(body.organization_id).toBe(organization_id);
    const foreign = await makeOrganization(server.api);
    const page = await visitor.arrive(authorizePath(server, { organization_id: foreign }));
    expect([page.status, pathOf(page.url)]).toEqual([200, '/sign-in']);
    expect(toldAt(await ask({ organization_id: foreign, prompt: 'none' }, visitor))).toMatchObject({
      error: 'login_required',
    });
  });

  test('is known to its environment alone', async () => {
    const { visitor } = await signedIn();
    await registerCallback(server.other);
    const cookie = [...(visitor.jar.get(new URL(server.url).host) ?? [])].find(([name]) =>
      name.includes('session'),
    );
    const stolen = `doorwright-session-${server.other.clientId}=${cookie?.[1]}`;
    const visit = await createVisitor(server).open(authorizePath(server.other), { cookie: stolen });
    expect(pathOf(visit.location)).toBe('/sign-in');
  });

  test.each([
    [
      'signing out',
      ({ session }: { session: string }) =>
        fetch(`${server.url}/user_management/sessions/logout?session_id=${session}`, { redirect: 'manual' }),
    ],
    [
      'revoking the session',
      ({ session }: { session: string }) =>
        server.api.post('/user_management/sessions/revoke', { session_id: session }),
    ],
    [
      'deleting the user',
      ({ user }: { user: string }) => server.api.delete(`/user_management/users/${user}`),
    ],
    [
      'a new password',
      async ({ email }: { email: string }) => {
        const { body } = await server.api.post('/user_management/password_reset', { email });
        return server.api.post('/user_management/password_reset/confirm', {
          token: body.password_reset_token,
          new_password: 'another long and strange passphrase 8',
        });
      },
    ],
  ])('is forgotten by %s', async (_, end) => {
    const { visitor, code, email } = await signedIn();
    const { body } = await redeem(server, code);
    expect(await comesIn(visitor)).toBe(true);
    const ended = await end({ session: sessionOf(body.access_token), user: body.user.id, email });
    expect(ended.status).toBeLessThan(400);
    expect(await comesIn(visitor)).toBe(false);
  });
});
