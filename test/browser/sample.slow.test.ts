// The sample application as `npm start` starts it, in Chromium.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { type TestClient, createClient } from '../client.ts';
import { readCode, readLink } from '../mailbox.ts';
import { type RunningProgram, buildProgram, startProgram } from '../program.ts';
import { expectAccessible } from './accessibility.ts';
import { chromiumPath, launchBrowser } from './browser.ts';

const email = 'ada@example.com';
const password = 'a long and strange passphrase 7';

describe('the sample application', { timeout: 60_000 }, () => {
  let browser: Browser;
  let context: BrowserContext;
  let folder: string;
  let program: RunningProgram;
  let home: string;
  let api: TestClient;

  beforeAll(async () => {
    if (chromiumPath === null) return;
    folder = mkdtempSync(join(tmpdir(), 'doorwright-sample-'));
    await buildProgram();
    program = await startProgram({ DOORWRIGHT_DATA_DIR: join(folder, 'data'), DOORWRIGHT_SAMPLE: 'on' });
    home = `${program.sampleUrl}/`;
    await vi.waitFor(() => fetch(home), { timeout: 20_000, interval: 50 });
    api = createClient(program.url, program.apiKey);
    // Applications check tokens by the machine's clock: those that Doorwright's makes an hour earlier have expired.
    await api.put('/_dev/clock', { advance_seconds: -3_600 });
    browser = await launchBrowser();
    context = await openContext();
  }, 120_000);

  beforeEach(({ skip }) =>
    skip(chromiumPath === null, 'Chromium is not installed: apt-get install chromium'),
  );

  afterAll(async () => {
    if (chromiumPath === null) return;
    await browser.close();
    await program.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  async function openContext(): Promise<BrowserContext> {
    const opened = await browser.newContext({ viewport: { width: 320, height: 700 } });
    opened.setDefaultTimeout(15_000);
    return opened;
  }

  const open = async (path: string, within = context): Promise<Page> => {
    const page = await within.newPage();
    await page.goto(new URL(path, home).href);
    return page;
  };
  const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click();
  const claim = async (page: Page, name: string): Promise<string> =>
    (await page.locator(`dt:text-is("${name}") + dd`).textContent()) ?? '';
  const cookie = async (name: string): Promise<string | undefined> =>
    (await context.cookies(home)).find((one) => one.name === name)?.value;
  const anonymous = () => ({ anonymous: createClient(program.url, null) });

  const signIn = async (page: Page): Promise<void> => {
    await page.getByLabel('Email address').fill(email);
    await press(page, 'Continue');
    await page.getByLabel('Password', { exact: true }).fill(password);
    await press(page, 'Sign in');
  };

  test('somebody signs up, reads the code in their mail, and is signed in', async () => {
    const page = await open('/');
    await expectAccessible(page);
    await page.setViewportSize({ width: 320, height: 700 });
    await page.getByRole('link', { name: 'Sign up' }).click();
    await page.getByLabel('First name').fill('Ada');
    await page.getByLabel('Email address').fill(email);
    await press(page, 'Continue');
    await page.getByLabel('Password').fill(password);
    await press(page, 'Create account');
    await page.waitForURL(/email-verification/);
    await page.getByLabel('Code').fill(await readCode(anonymous(), email));
    await press(page, 'Continue');
    await page.waitForURL(home);
    expect(await page.locator('h1').textContent()).toBe('Hello, Ada');
    expect(await claim(page, 'Organization')).toBe('none');
    // What is left out of the page leaves nothing behind.
    expect(await page.locator('main').innerText()).not.toMatch(/\b(?:false|null|undefined)\b/);
    expect(await cookie('sign-in')).toBeUndefined();
    const session = (await context.cookies(home)).find(({ name }) => name === 'session');
    expect(session).toMatchObject({ httpOnly: true, sameSite: 'Lax', secure: false });
    await expectAccessible(page);
    await page.close();
  });

  test('a member of two organizations switches between them', async () => {
    const found = await api.get(`/user_management/users?email=${email}`);
    for (const name of ['Analytical Engines', '<b>Difference</b> & "Engines"']) {
      const { body } = await api.post('/organizations', { name });
      const member = { user_id: found.body.data[0].id, organization_id: body.id };
      await api.post('/user_management/organization_memberships', member);
    }
    const page = await open('/');
    await press(page, 'Switch to <b>Difference</b> & "Engines"');
    await page.waitForURL(home);
    expect(await claim(page, 'Organization')).toBe('<b>Difference</b> & "Engines"');
    await press(page, 'Switch to Analytical Engines');
    await expect.poll(() => claim(page, 'Organization')).toBe('Analytical Engines');
    expect(await claim(page, 'Role')).toBe('member');
    expect(await claim(page, 'org_id')).toMatch(/^org_/);
    await expectAccessible(page);
    await page.close();
  });

  test('an organization that is not theirs is refused, and the session stays as it was', async () => {
    const page = await open('/');
    const button = page.locator('button[name="organization_id"]').first();
    await button.evaluate((element) => element.setAttribute('value', 'org_01JHZX0000000000000000000'));
    await button.click();
    await page.waitForURL((url) => url.href !== home);
    await page.goto(home);
    expect(await claim(page, 'Organization')).toBe('Analytical Engines');
    await page.close();
  });

  test('an access token that has expired is refreshed and the cookie rewritten, one that has not is kept', async () => {
    const page = await open('/');
    const first = await cookie('session');
    await page.reload();
    const second = await cookie('session');
    await api.put('/_dev/clock', { reset: true });
    await page.reload();
    const third = await cookie('session');
    expect(new Set([first, second, third]).size).toBe(3);
    expect(Number(await claim(page, 'exp'))).toBeGreaterThan(Date.now() / 1_000);
    expect(await claim(page, 'Organization')).toBe('Analytical Engines');
    await page.reload();
    expect(await cookie('session')).toBe(third);
    await page.close();
  });

  test('another session is ended from the account page, and only that one', async () => {
    const elsewhere = await openContext();
    const other = await open('/login', elsewhere);
    await signIn(other);
    await press(other, 'Analytical Engines');
    await other.waitForURL(home);
    const page = await open('/account');
    await expectAccessible(page);
    expect(await page.locator('main li').count()).toBe(2);
    await page.getByRole('button', { name: /^Sign out of the session/ }).click();
    await expect.poll(() => page.locator('main li').count()).toBe(1);
    expect(await page.locator('main li').textContent()).toContain('this browser');
    // The page asks Doorwright for new tokens, and is refused.
    await press(other, 'Switch to <b>Difference</b> & "Engines"');
    await other.waitForURL(/\/sign-in\?/);
    await elsewhere.close();
    await page.close();
  });

  test('signing out ends the session here and at Doorwright, and comes back', async () => {
    const page = await open('/account');
    await press(page, 'Sign out');
    await page.waitForURL(home);
    expect(await page.getByRole('link', { name: 'Sign in' }).count()).toBe(1);
    expect(await cookie('session')).toBeUndefined();
    await page.getByRole('link', { name: 'Sign in' }).click();
    await page.waitForURL(/\/sign-in\?/);
    await page.close();
  });

  test('after a new password, the way back leads to the sample', async () => {
    await api.post('/user_management/password_reset', { email });
    await context.clearCookies();
    const page = await context.newPage();
    await page.goto(await readLink(anonymous(), email, 'password_reset'));
    await page.getByLabel('New password').fill(`${password} and more`);
    await press(page, 'Change password');
    await page.getByRole('link', { name: 'Sign in' }).click();
    await page.waitForURL(/\/sign-in\?/);
    expect(await cookie('sign-in')).toBeDefined();
    await page.close();
  });

  test.each([
    ['a code without the cookie of its sign-in', '/callback?code=x&state=y'],
    ['a callback without a state', '/callback?code=x'],
    ['a refusal of Doorwright', '/callback?error=access_denied&error_description=%3Cb%3Eno'],
  ])('%s signs nobody in, and says what to do', async (_, path) => {
    const page = await open(path);
    expect(await page.locator('h1').textContent()).toMatch(/cannot be finished|not signed in/);
    expect(await page.getByRole('link', { name: 'Try again' }).getAttribute('href')).toBe(`${home}login`);
    expect(await cookie('session')).toBeUndefined();
    await expectAccessible(page);
    await page.close();
  });

  test.each([['https://elsewhere.example'], ['null'], [undefined]])(
    'a form that comes from %s is refused',
    async (origin) => {
      const headers = origin === undefined ? {} : { origin };
      const refused = await fetch(`${home}logout`, { method: 'POST', redirect: 'manual', headers });
      expect(refused.status).toBe(403);
    },
  );
});
