// The whole journey of a person, in Chromium, with and without script.
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { type TestServer, startServer } from '../harness.ts';
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

  /** The newest message to an address, as the mailbox has it. */
  const readMail = async (to: string, kind: string): Promise<string> => {
    const find = async () => {
      const { body } = await server.anonymous.get(`/_dev/mailbox/messages?to=${encodeURIComponent(to)}`);
      const message = body.data.find(
        (mail: { to: string; kind: string }) => mail.to === to && mail.kind === kind,
      );
      if (!message)
        throw new Error(`no ${kind} for ${to}: ${JSON.stringify(body.data.map((m: any) => [m.to, m.kind]))}`);
      return String(message.text);
    };
    return vi.waitFor(find, { timeout: 5_000, interval: 20 });
  };

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
    const code = /\b(\d{6})\b/.exec(await readMail('ada@example.com', 'email_verification'))?.[1] ?? '';
    await page.getByLabel('Code').fill(code);
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.waitForURL(`${application.url}/home`).catch(async () => {
      throw new Error(`${page.url()}\n${await page.content()}`);
    });
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
});
