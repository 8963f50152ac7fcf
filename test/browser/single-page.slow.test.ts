// A single-page application with the official browser SDK, unmodified, in Chromium.
import { readFileSync } from 'node:fs';
import { type Server, createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { decodeJwt } from 'jose';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type TestServer, startServer } from '../harness.ts';
import { goodPassword, makePerson } from '../sign-in.ts';
import { blocksOf } from '../docs/blocks.ts';
import { chromiumPath, launchBrowser } from './browser.ts';

const sdk = readFileSync(
  createRequire(import.meta.url)
    .resolve('@workos-inc/authkit-js')
    .replace(/\.js$/, '.mjs'),
);

const guide = blocksOf(readFileSync('docs/guides/single-page-applications.md', 'utf8'));
const pageOfGuide = guide.find(({ language }) => language === 'html')?.text ?? '';

/** The whole application: every path is the same page, which has the SDK find out who is there. */
function startPages(html: () => string): Promise<{ server: Server; url: string }> {
  const server = createServer((request, response) => {
    if (request.url === '/sdk.mjs') response.writeHead(200, { 'content-type': 'text/javascript' }).end(sdk);
    else response.writeHead(200, { 'content-type': 'text/html' }).end(html());
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () =>
      resolve({ server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }),
    );
  });
}

async function enterPassword(page: Page, email: string): Promise<void> {
  await page.getByLabel('Email address').fill(email);
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByLabel('Password', { exact: true }).fill(goodPassword);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

describe.each([
  ['keeps the refresh token as a cookie', false],
  ['has it in its own storage, in development mode', true],
])('a single-page application that %s', (_, devMode) => {
  let browser: Browser;
  let context: BrowserContext;
  let server: TestServer;
  let pages: { server: Server; url: string };
  let page: Page;

  beforeAll(async () => {
    if (chromiumPath === null) return;
    [browser, server] = await Promise.all([launchBrowser(), startServer()]);
    pages = await startPages(() => {
      const { hostname, port } = new URL(server.url);
      const redirectUri = `${pages.url}/callback`;
      const options = JSON.stringify({
        apiHostname: hostname,
        port: Number(port),
        https: false,
        redirectUri,
        devMode,
      });
      return `<title>Application</title><script type="module">
        import { createClient } from '/sdk.mjs';
        window.signedIn = createClient('${server.clientId}', ${options});
      </script>`;
    });
    await server.api.post('/user_management/redirect_uris', { uri: `${pages.url}/callback` });
    await server.api.post('/user_management/cors_origins', { origin: pages.url });
    await server.api.post('/management/sign_out_redirects', { uri: `${pages.url}/goodbye` });
    context = await browser.newContext();
    context.setDefaultTimeout(15_000);
    page = await context.newPage();
  });

  beforeEach(({ skip }) =>
    skip(chromiumPath === null, 'Chromium is not installed: apt-get install chromium'),
  );

  afterAll(async () => {
    if (chromiumPath === null) return;
    await browser.close();
    pages.server.close();
    await server.close();
  });

  const open = async (path: string): Promise<void> => {
    await page.goto(pages.url + path);
    await page.waitForFunction('window.signedIn');
  };
  /** Asks the SDK's client, which the page has, by an expression of its script. */
  const ask = <Value>(expression: string): Promise<Value> =>
    page.evaluate<Value>(`window.signedIn.then((client) => ${expression})`);
  const whoIsThere = () => ask<string | null>('client.getUser()?.email ?? null');
  const forcedToken = () => ask<string>('client.getAccessToken({ forceRefresh: true })');
  const storage = () => page.evaluate<string>('JSON.stringify({ ...localStorage })');
  const ownCookies = () => page.evaluate<string>('document.cookie');
  const allCookies = async () => (await context.cookies()).map(({ name }) => name);
  const tokenCookie = () => `doorwright-refresh-${server.clientId}`;

  let email: string;

  async function signIn(): Promise<void> {
    await ask('client.signIn()');
    await enterPassword(page, email);
    await page.waitForURL(`${pages.url}/callback**`);
    await page.waitForFunction('window.signedIn');
  }

  test('somebody signs in on our pages and comes back', async () => {
    ({ email } = await makePerson(server.api));
    await open('/');
    expect(await whoIsThere()).toBe(null);
    await signIn();
    expect(await whoIsThere()).toBe(email);
  });

  test('no script can read the token where it is a cookie', async () => {
    expect((await storage()).includes('refresh')).toBe(devMode);
    expect(await ownCookies()).not.toContain('doorwright');
    const kept = await context.cookies();
    expect(kept.some(({ name }) => name === tokenCookie())).toBe(!devMode);
    if (!devMode) expect(await ownCookies()).toBe(`workos-has-session=${server.clientId}`);
  });

  test('who reloads the page is still there, and tokens are renewed', async () => {
    await open('/');
    expect(await whoIsThere()).toBe(email);
    const tokens = [await forcedToken(), await forcedToken()];
    expect(new Set(tokens).size).toBe(2);
  });

  test('an organization is switched', async () => {
    const { id } = (await server.sdk.userManagement.listUsers({ email })).data[0] ?? expect.fail();
    const { body } = await server.api.post('/organizations', { name: 'Analytical Engines' });
    await server.api.post('/user_management/organization_memberships', {
      user_id: id,
      organization_id: body.id,
    });
    const token = await ask<string>(
      `client.switchToOrganization({ organizationId: '${body.id}' }).then(() => client.getAccessToken())`,
    );
    expect(decodeJwt(token)).toMatchObject({ org_id: body.id });
  });

  test('signing out leads back, and nothing is left', async () => {
    const returnTo = `${pages.url}/goodbye`;
    await ask(`client.signOut({ returnTo: '${returnTo}' })`);
    await page.waitForURL(returnTo);
    await page.waitForFunction('window.signedIn');
    expect(await whoIsThere()).toBe(null);
    expect(await ownCookies()).toBe('');
    expect(await allCookies()).not.toContain(tokenCookie());
    expect(await storage()).not.toContain('refresh');
  });

  test('signing out beside the page ends the session too', async () => {
    await signIn();
    expect(await whoIsThere()).toBe(email);
    await ask('client.signOut({ navigate: false })');
    expect(await allCookies()).not.toContain(tokenCookie());
    await open('/');
    expect(await whoIsThere()).toBe(null);
  });
});

describe('the page of the guide', () => {
  test('signs in, knows who is there, and signs out', async ({ skip }) => {
    skip(chromiumPath === null, 'Chromium is not installed: apt-get install chromium');
    const [browser, server] = await Promise.all([launchBrowser(), startServer()]);
    const pages = await startPages(() =>
      pageOfGuide
        .replace('@workos-inc/authkit-js', '/sdk.mjs')
        .replace('client_test_default', server.clientId)
        .replace('4100', new URL(server.url).port),
    );
    try {
      await server.api.post('/user_management/redirect_uris', { uri: `${pages.url}/callback` });
      await server.api.post('/user_management/cors_origins', { origin: pages.url });
      await server.api.post('/management/sign_out_redirects', { uri: `${pages.url}/` });
      const { email } = await makePerson(server.api);
      const page = await browser.newPage();
      page.setDefaultTimeout(15_000);
      await page.goto(pages.url);
      await page.getByText('Nobody is signed in').waitFor();
      await page.getByRole('button', { name: 'Sign in' }).click();
      await enterPassword(page, email);
      await page.getByText(`${email} is signed in`).waitFor();
      await page.goto(pages.url);
      await page.getByText(`${email} is signed in`).waitFor();
      await page.getByRole('button', { name: 'Sign out' }).click();
      await page.getByText('Nobody is signed in').waitFor();
    } finally {
      await browser.close();
      pages.server.close();
      await server.close();
    }
  });
});
