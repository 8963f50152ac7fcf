// Every state of the login pages, judged: accessible, fitting, quiet, light.
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type TestServer, startServer } from '../harness.ts';
import { chromiumPath, launchBrowser, looks } from './browser.ts';
import { loginStates, prepareLogin } from './login-states.ts';

const axePath = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

describe('the login pages in Chromium', () => {
  let browser: Browser;
  let server: TestServer;
  let axe: string;

  beforeAll(async () => {
    if (chromiumPath === null) return;
    [browser, server, axe] = await Promise.all([launchBrowser(), startServer(), readFile(axePath, 'utf8')]);
    await prepareLogin(server);
  });

  beforeEach(({ skip }) =>
    skip(chromiumPath === null, 'Chromium is not installed: apt-get install chromium'),
  );

  afterAll(async () => {
    if (chromiumPath === null) return;
    await browser.close();
    await server.close();
  });

  const violations = (page: Page): Promise<unknown> =>
    page.evaluate(`axe.run(document).then(({ violations }) =>
      violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html).join(' ')))`);

  const overflow = (page: Page): Promise<unknown> =>
    page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');

  test.each(loginStates)('$name has no violation of axe, fits, and asks nobody else', async ({ enter }) => {
    // Scripts of the test itself: the page's policy would refuse axe.
    const context = await browser.newContext({ bypassCSP: true });
    const page = await context.newPage();
    const strangers: string[] = [];
    const complaints: string[] = [];
    page.on('request', (request) => {
      if (!request.url().startsWith(server.url) && !request.url().startsWith('http://127.0.0.1:9/'))
        strangers.push(request.url());
    });
    page.on('console', (message) => {
      if (/warning|error/.test(message.type())) complaints.push(message.text());
    });
    await enter(page, server);
    await page.evaluate(axe);
    for (const { width, colorScheme } of looks) {
      await page.setViewportSize({ width, height: 800 });
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      expect({ width, colorScheme, violations: await violations(page) }).toMatchObject({ violations: [] });
      expect({ width, overflow: await overflow(page) }).toEqual({ width, overflow: 0 });
    }
    expect(await page.locator('h1').count()).toBe(1);
    expect(strangers).toEqual([]);
    // A refused form answers 422, an error page 400: the browser notes these.
    expect(complaints.filter((text) => !/status of 4\d\d/.test(text))).toEqual([]);
    await context.close();
  });

  test('script that others bring is refused', async () => {
    const page = await browser.newPage();
    const complaints: string[] = [];
    page.on('console', (message) => void complaints.push(message.text()));
    await loginStates[0]?.enter(page, server);
    await page.evaluate(
      `document.body.append(Object.assign(document.createElement('script'), { textContent: 'window.ran = true' }))`,
    );
    expect(await page.evaluate('window.ran')).toBeUndefined();
    expect(complaints.join()).toMatch(/Content Security Policy/);
    await page.close();
  });
});
