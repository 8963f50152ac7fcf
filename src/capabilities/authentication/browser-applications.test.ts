import { expect, test } from 'vitest';
import type { TestResponse } from '../../../test/client.ts';
import { type TestEnvironment, useServer } from '../../../test/harness.ts';
import { giveCode, makeVerifier, outcomeOf, sessionOf } from '../../../test/sign-in.ts';
import { makeUser } from '../../../test/people.ts';

const server = useServer({ externalUrl: 'https://auth.example.com' });
const origin = 'https://app.example.com';
const path = '/user_management/authenticate';

/** A script of a page in a browser: it names its origin, and its browser keeps cookies when it is asked to. */
class Browser {
  readonly cookies = new Map<string, string>();
  written: string[] = [];

  constructor(
    readonly stage: Pick<TestEnvironment, 'clientId'> = server,
    readonly page: string | null = origin,
  ) {}

  headers(): Record<string, string> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    return { ...(this.page === null ? {} : { origin: this.page }), ...(cookie === '' ? {} : { cookie }) };
  }

  keep(response: TestResponse): TestResponse {
    this.written = response.headers.getSetCookie();
    for (const line of this.written) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (/; Max-Age=0(?:;|$)/.test(line)) this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
    return response;
  }

  async post(fields: object): Promise<TestResponse> {
    const body = { client_id: this.stage.clientId, ...fields };
    return this.keep(await server.anonymous.post(path, body, { headers: this.headers() }));
  }

  refresh = (fields: object = {}): Promise<TestResponse> =>
    this.post({ grant_type: 'refresh_token', ...fields });

  signOut = async (sessionId: string): Promise<TestResponse> =>
    this.keep(
      await server.anonymous.get(`/user_management/sessions/logout?session_id=${sessionId}`, {
        headers: this.headers(),
      }),
    );
}

const tokenCookie = ({ clientId }: { clientId: string } = server): string =>
  `__Host-doorwright-refresh-${clientId}`;

/** Registers the page's origin and redeems a code, as the browser SDK does. */
async function signInWith(browser: Browser, stage: TestEnvironment = server): Promise<TestResponse> {
  await stage.api.post('/user_management/cors_origins', { origin });
  const { verifier, challenge } = makeVerifier();
  const userId = await makeUser(stage.api, { email_verified: true });
  const code = await giveCode({ ...server, ...stage }, { userId, challenge, environmentId: stage.id });
  return browser.post({ grant_type: 'authorization_code', code, code_verifier: verifier });
}

/** One whose browser has cookies of ours already, as after our sign-in pages. */
function knownBrowser(stage?: Pick<TestEnvironment, 'clientId'>): Browser {
  const browser = new Browser(stage);
  browser.cookies.set('doorwright-browser', 'known');
  return browser;
}

test('a refresh token is kept as a cookie that no script reads, and is not in the answer (AK-114)', async () => {
  const browser = knownBrowser();
  const first = await signInWith(browser);
  expect(first.status, JSON.stringify(first.body)).toBe(200);
  expect(first.body.refresh_token).toBe('');
  const [token, hasSession] = browser.written;
  expect(token).toMatch(
    new RegExp(`^${tokenCookie()}=[\\w-]{91}; Path=/; HttpOnly; SameSite=Strict; Secure; Max-Age=604800$`),
  );
  expect(hasSession).toBe(
    `workos-has-session=${server.clientId}; Path=/; SameSite=Lax; Domain=example.com; Secure; Max-Age=604800`,
  );
  const before = browser.cookies.get(tokenCookie());
  const second = await browser.refresh();
  expect(second.status, JSON.stringify(second.body)).toBe(200);
  expect(second.body.refresh_token).toBe('');
  expect(sessionOf(second.body.access_token)).toBe(sessionOf(first.body.access_token));
  expect(browser.cookies.get(tokenCookie())).not.toBe(before);
  expect(second.headers.get('access-control-allow-credentials')).toBe('true');
  expect(second.headers.get('access-control-allow-origin')).toBe(origin);
});

test('a browser that may not have been asked to keep cookies gets the token, and can refresh with it', async () => {
  const browser = new Browser();
  const { body } = await signInWith(browser);
  expect(body.refresh_token).toMatch(/^[\w-]{91}$/);
  expect(browser.cookies.get(tokenCookie())).toBe(body.refresh_token);
  browser.cookies.clear();
  const again = await browser.refresh({ refresh_token: body.refresh_token });
  expect(again.body.refresh_token).toMatch(/^[\w-]{91}$/);
});

test('signing out forgets the token of that session, and of no other', async () => {
  const browser = knownBrowser();
  const other = await signInWith(knownBrowser());
  const { body } = await signInWith(browser);
  const answer = await browser.signOut(sessionOf(other.body.access_token));
  expect([answer.status, browser.written]).toEqual([200, []]);
  expect(outcomeOf(await browser.refresh())).toBe('200');
  await browser.signOut(sessionOf(body.access_token));
  expect([...browser.cookies.keys()]).toEqual(['doorwright-browser']);
  expect((await browser.refresh()).status).toBe(422);
});

test('applications of two environments share a site, each with its own session', async () => {
  const browser = knownBrowser();
  const { body } = await signInWith(browser);
  const elsewhere = knownBrowser(server.other);
  for (const [name, value] of browser.cookies) elsewhere.cookies.set(name, value);
  await signInWith(elsewhere, server.other);
  const both = [server.clientId, server.other.clientId].join('.');
  expect(elsewhere.cookies.get('workos-has-session')).toBe(both);
  const jar = elsewhere.cookies;
  for (const [name, value] of jar) browser.cookies.set(name, value);
  expect(outcomeOf(await browser.refresh())).toBe('200');
  await browser.signOut(sessionOf(body.access_token));
  expect(browser.cookies.get('workos-has-session')).toBe(server.other.clientId);
  expect(browser.cookies.has(tokenCookie())).toBe(false);
  expect(browser.cookies.has(tokenCookie(server.other))).toBe(true);
});

test('a token that is over is refused and forgotten', async () => {
  const browser = knownBrowser();
  const { body } = await signInWith(browser);
  await server.api.post('/user_management/sessions/revoke', { session_id: sessionOf(body.access_token) });
  expect(outcomeOf(await browser.refresh())).toBe('400 invalid_grant');
  expect([...browser.cookies.keys()]).toEqual(['doorwright-browser']);
});

test('a switch that is refused leaves the cookie as it is', async () => {
  const browser = knownBrowser();
  await signInWith(browser);
  const refused = await browser.refresh({ organization_id: 'org_unknown' });
  expect(outcomeOf(refused)).toBe('400 organization_not_found');
  expect(browser.written).toEqual([]);
  expect(outcomeOf(await browser.refresh())).toBe('200');
});

test.each([
  ['a page that is not registered', 'https://evil.example.com'],
  ['a page of another site', 'https://app.example.org'],
  ['the same page without encryption', 'http://app.example.com'],
  ['no page', null],
  ['a page that hides its name', 'null'],
])('%s cannot use the cookie', async (_, page) => {
  const browser = knownBrowser();
  await signInWith(browser);
  await server.api.post('/user_management/cors_origins', { origin: 'https://app.example.org' });
  const thief = new Browser(server, page);
  for (const [name, value] of browser.cookies) thief.cookies.set(name, value);
  const refused = await thief.refresh();
  expect(refused.status).toBe(422);
  expect(refused.body.errors).toMatchObject([{ field: 'refresh_token', code: 'required' }]);
  expect(thief.written).toEqual([]);
  expect(outcomeOf(await browser.refresh())).toBe('200');
});

test('a server with its secret is answered the token, whatever else it sends', async () => {
  const browser = knownBrowser();
  await signInWith(browser);
  const userId = await makeUser(server.api, { email_verified: true });
  const answer = await browser.post({
    grant_type: 'authorization_code',
    code: await giveCode(server, { userId }),
    client_secret: server.apiKey,
  });
  expect(answer.body.refresh_token).toMatch(/^[\w-]{91}$/);
  expect(browser.written).toEqual([]);
  expect((await browser.refresh({ client_secret: server.apiKey })).status).toBe(422);
});

test('tabs that refresh at once all go on', async () => {
  const browser = knownBrowser();
  await signInWith(browser);
  const tabs = Array.from({ length: 10 }, () => {
    const tab = new Browser();
    for (const [name, value] of browser.cookies) tab.cookies.set(name, value);
    return tab;
  });
  expect((await Promise.all(tabs.map((tab) => tab.refresh()))).map(outcomeOf)).toEqual(tabs.map(() => '200'));
  expect(new Set(tabs.map(({ cookies }) => cookies.get(tokenCookie()))).size).toBe(1);
});
