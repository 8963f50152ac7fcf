import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type TestServer, startServer } from '../harness.ts';
import { sendTestMail } from '../mail.ts';
import { chromiumPath, launchBrowser, looks } from './browser.ts';
import { enterState, mailboxStates } from './states.ts';

const axePath = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

interface Opened {
  page: Page;
  /** Addresses outside the server that the page asked for. */
  strangers: string[];
  /** Dialogs and refusals of the browser. */
  complaints: string[];
}

describe('the mailbox in Chromium', () => {
  let browser: Browser;
  let server: TestServer;
  let axe: string;

  beforeAll(async () => {
    if (chromiumPath === null) return;
    [browser, server, axe] = await Promise.all([launchBrowser(), startServer(), readFile(axePath, 'utf8')]);
  });

  beforeEach(({ skip }) =>
    skip(chromiumPath === null, 'Chromium is not installed: apt-get install chromium'),
  );

  afterAll(async () => {
    if (chromiumPath === null) return;
    await browser.close();
    await server.close();
  });

  const open = async (path: string, options: BrowserContextOptions = {}): Promise<Opened> => {
    const page = await browser.newPage(options);
    const strangers: string[] = [];
    const complaints: string[] = [];
    page.on('request', (request) => {
      if (!request.url().startsWith(server.url)) strangers.push(request.url());
    });
    page.on('dialog', (dialog) => {
      complaints.push(dialog.message());
      void dialog.dismiss();
    });
    page.on('console', (message) => void complaints.push(message.text()));
    await page.goto(server.url + path);
    return { page, strangers, complaints };
  };

  const violations = (page: Page): Promise<unknown> =>
    page.evaluate(`axe.run(document, { iframes: false }).then(({ violations }) =>
      violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html).join(' ')))`);

  const overflow = (page: Page): Promise<unknown> =>
    page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');

  test.each(mailboxStates)('$name is accessible and fits, wide and narrow, light and dark', async (state) => {
    const { page, strangers, complaints } = await open(await enterState(server, state));
    await page.evaluate(axe);
    for (const { width, colorScheme } of looks) {
      await page.setViewportSize({ width, height: 800 });
      // Without motion the colours of the new scheme are there at once.
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      expect({ width, colorScheme, violations: await violations(page) }).toMatchObject({ violations: [] });
      expect({ width, overflow: await overflow(page) }).toEqual({ width, overflow: 0 });
    }
    expect(await page.locator('h1').count()).toBe(1);
    expect(strangers).toEqual([]);
    expect(complaints.filter((text) => !text.includes('404'))).toEqual([]);
    await page.close();
  });

  test('a person without script finds a message and reads both of its parts', async () => {
    await enterState(server, { name: 'two', mails: [], path: () => '' });
    await sendTestMail(server, { to: 'grace@example.com', subject: 'Welcome' });
    await sendTestMail(server, { to: 'ada@example.com', subject: 'Your code' });
    const { page } = await open('/_dev/mailbox', { javaScriptEnabled: false });
    await page.getByLabel('Recipient or subject').fill('ADA@');
    await page.getByRole('button', { name: 'Search' }).click();
    expect(await page.getByRole('listitem').count()).toBe(1);
    await page.getByRole('link', { name: 'Your code' }).click();
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Your code');
    expect(await page.getByText('Enter 123456 to sign in.').count()).toBe(1);
    const html = page.frameLocator('iframe').getByText('to sign in');
    await html.waitFor();
    await page.getByRole('link', { name: 'Mailbox' }).click();
    expect(await page.getByRole('listitem').count()).toBe(2);
    await page.close();
  });

  test('the first key leads to the content, with a ring that can be seen', async () => {
    await enterState(server, { name: 'one', mails: [{}], path: () => '' });
    const { page } = await open('/_dev/mailbox');
    await page.keyboard.press('Tab');
    const skip = page.getByRole('link', { name: 'Skip to content' });
    expect(await page.evaluate('getComputedStyle(document.activeElement).outlineWidth')).toBe('2px');
    expect((await skip.boundingBox())?.y).toBe(0);
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.textContent')).toContain('Refresh');
    await page.close();
  });

  test('a canary in subject, address, text and HTML neither runs nor asks for anything', async () => {
    await enterState(server, { name: 'none', mails: [], path: () => '' });
    let asked = 0;
    const strange = createServer((_, response) => {
      asked += 1;
      response.end();
    });
    const port = await new Promise<number>((resolve) => {
      strange.listen(0, '127.0.0.1', () => resolve((strange.address() as AddressInfo).port));
    });
    const stranger = `http://127.0.0.1:${port}/canary`;
    const canary = `"><img src=${stranger} onerror=alert(1)><script>alert(1)</script>`;
    const html = `<body onload="alert(1)">${canary}<link rel=stylesheet href=${stranger}><style>@import "${stranger}"; body { background: url(${stranger}) }</style><iframe src="${stranger}"></iframe><form action="${stranger}"><button>Go</button></form><meta http-equiv="refresh" content="0;url=${stranger}">`;
    const id = await sendTestMail(server, {
      to: '"&lt;img src=x onerror=alert(1)&gt;"@example.com',
      subject: canary,
      text: canary,
      kind: canary,
      html,
    });
    for (const path of ['/_dev/mailbox', `/_dev/mailbox?search=%22%3E`, `/_dev/mailbox/${id}`]) {
      const { page, complaints } = await open(path);
      await page.waitForLoadState('networkidle');
      expect(await page.getByText('onerror').count()).toBeGreaterThan(0);
      expect(complaints.filter((text) => text === '1')).toEqual([]);
      await page.close();
    }
    // The browser tells of requests that the policy stopped, and may connect ahead of one: none must arrive.
    expect(asked).toBe(0);
    strange.closeAllConnections();
    strange.close();
  });
});
