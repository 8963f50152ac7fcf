// The whole journey of a person, in Chromium, with and without script.
import { decodeJwt } from 'jose';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type TestServer, startServer } from '../harness.ts';
import { readCode, readLink } from '../mailbox.ts';
import { type Application, startApplication } from './application.ts';
import { chromiumPath, launchBrowser } from './browser.ts';

const password = 'a long and strange passphrase 7';

describe.each([
  ['with script', true],
  ['without script', false],
])('signing in, %s', (_, javaScriptEnabled) => {
  let browser: Browser;
  let context: BrowserContext;
  let server: TestServer;
  let application: Application;

  beforeAll(async () => {
    if (chromiumPath === null) return;
    [browser, server] = await Promise.all([launchBrowser(), startServer()]);
    application = await startApplication(server);
    server.startJobs();
    context = await browser.newContext({ javaScriptEnabled });
    context.setDefaultTimeout(8_000);
  });

  beforeEach(({ skip }) =>
    skip(chromiumPath === null, 'Chromium is not installed: apt-get install chromium'),
  );

  afterAll(async () => {
    if (chromiumPath === null) return;
    await browser.close();
    await application.close();
    await server.close();
  });

  const start = async (query = ''): Promise<Page> => {
    const page = await context.newPage();
    await page.goto(`${application.url}/login${query}`);
    return page;
  };

  test('a new person signs up, verifies their address and is sent back', async () => {
    const page = await start('?screenHint=sign-up');
    await page.getByLabel('First name').fill('Ada');
    await page.getByLabel('Last name').fill('Lovelace');
    await page.getByLabel('Email address').fill('ada@example.com');
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByLabel('Password').fill(password);
    await page.getByRole('button', { name: 'Create account' }).click();
    await page.waitForURL(/email-verification/);
    await page.getByLabel('Code').fill(await readCode(server, 'ada@example.com'));
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.waitForURL(`${application.url}/home`);
    expect(application.lastCallback().get('state')).toBe('kept');
    expect(application.lastSignIn().user).toMatchObject({
      email: 'ada@example.com',
      emailVerified: true,
      firstName: 'Ada',
    });
    await page.close();
  });

  test('the browser is known: the next sign-in asks nothing', async () => {
    const page = await start();
    await page.waitForURL(`${application.url}/home`);
    await page.close();
  });

  test('signing out ends that, and leads back to the application', async () => {
    const page = await context.newPage();
    const { sid } = decodeJwt<{ sid: string }>(application.lastSignIn().accessToken);
    await page.goto(`${application.url}/logout?session_id=${sid}`);
    await page.waitForURL(`${application.url}/goodbye`);
    await page.goto(`${application.url}/login`);
    await page.waitForURL(/\/sign-in\?/);
    await page.close();
  });

  const enterPassword = async (page: Page, email: string, secret: string): Promise<void> => {
    await page.getByLabel('Email address').fill(email);
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByLabel('Password', { exact: true }).fill(secret);
    await page.getByRole('button', { name: 'Sign in' }).click();
  };

  test('a wrong password says so, and the right one chooses an organization', async () => {
    const { id } = application.lastSignIn().user;
    for (const name of ['Analytical Engines', 'Difference Engines']) {
      const { body } = await server.api.post('/organizations', { name });
      const path = '/user_management/organization_memberships';
      await server.api.post(path, { user_id: id, organization_id: body.id });
    }
    const page = await start();
    await enterPassword(page, 'ada@example.com', 'not the password');
    await expect.poll(() => page.getByRole('alert').textContent()).toMatch(/not correct/);
    await page.getByLabel('Password', { exact: true }).fill(password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('button', { name: 'Difference Engines' }).click();
    await page.waitForURL(`${application.url}/home`);
    const { organizationId, refreshToken } = application.lastSignIn();
    const { data } = await server.sdk.userManagement.listOrganizationMemberships({ userId: id });
    expect(data.find((one) => one.organizationId === organizationId)?.organizationName).toBe(
      'Difference Engines',
    );
    const other = data.find((one) => one.organizationId !== organizationId)?.organizationId ?? '';
    const switched = await server.sdk.userManagement.authenticateWithRefreshToken({
      clientId: server.clientId,
      refreshToken,
      organizationId: other,
    });
    expect(decodeJwt(switched.accessToken)).toMatchObject({ org_id: other, role: 'member' });
    await page.close();
  });

  test('a forgotten password is replaced by way of the mailbox, and every session ends', async () => {
    const { user } = application.lastSignIn();
    const page = await start('?prompt=login&loginHint=ada@example.com');
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByRole('link', { name: 'Forgot your password?' }).click();
    await page.getByLabel('Email address').fill('ada@example.com');
    await page.getByRole('button', { name: 'Send the link' }).click();
    await expect.poll(() => page.getByRole('status').first().textContent()).toMatch(/If there is an account/);
    await page.goto(await readLink(server, 'ada@example.com', 'password_reset'));
    await page.getByLabel('New password').fill('password');
    await page.getByRole('button', { name: 'Change password' }).click();
    await expect.poll(() => page.getByRole('alert').textContent()).toMatch(/at least 10 characters/);
    await page.getByLabel('New password').fill(`${password} and more`);
    await page.getByRole('button', { name: 'Change password' }).click();
    await page.getByRole('link', { name: 'Sign in' }).click();
    expect((await server.sdk.userManagement.listSessions(user.id)).data).toEqual([]);
    await enterPassword(page, 'ada@example.com', `${password} and more`);
    await page.getByRole('button', { name: 'Analytical Engines' }).click();
    await page.waitForURL(`${application.url}/home`);
    await page.close();
  });

  test('signing up with an address that has an account looks the same, and tells its owner', async () => {
    const page = await start('?prompt=login&screenHint=sign-up');
    await page.getByLabel('Email address').fill('ADA@example.com');
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByLabel('Password', { exact: true }).fill('another long and strange passphrase 8');
    await page.getByRole('button', { name: 'Create account' }).click();
    await page.getByLabel('Code').fill('123456');
    await page.getByRole('button', { name: 'Continue' }).click();
    await expect.poll(() => page.getByRole('alert').textContent()).toBe('The code is not correct.');
    expect(await readLink(server, 'ADA@example.com', 'sign_up')).toMatch(/\/reset-password/);
    await page.close();
  });
});
