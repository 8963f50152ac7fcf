import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type TestServer, startServer } from '../harness.ts';
import { makeSvg } from '../pictures.ts';
import { chromiumPath, launchBrowser } from './browser.ts';

const axePath = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const redirectUri = 'http://127.0.0.1/callback';
/** Where pictures of what is seen go, for whoever wants to look. */
const folder = process.env['BRANDING_SCREENSHOTS'];

const wordMark = (ink: string) =>
  makeSvg(
    `<style>text { font: 600 44px sans-serif; fill: ${ink} }</style><circle cx="40" cy="40" r="32" fill="#0d9488"/><text x="88" y="56">Acme</text>`,
  ).toString();

interface Opened {
  page: Page;
  strangers: string[];
  complaints: string[];
}

describe('a branded sign-in page in Chromium', () => {
  let browser: Browser;
  let server: TestServer;
  let axe: string;

  beforeAll(async () => {
    if (chromiumPath === null) return;
    [browser, server, axe] = await Promise.all([launchBrowser(), startServer(), readFile(axePath, 'utf8')]);
    await server.api.post('/user_management/redirect_uris', { uri: redirectUri });
  });

  beforeEach(({ skip }) =>
    skip(chromiumPath === null, 'Chromium is not installed: apt-get install chromium'),
  );

  afterAll(async () => {
    if (chromiumPath === null) return;
    await browser.close();
    await server.close();
  });

  const brand = async (look: object): Promise<void> => {
    const { status } = await server.api.patch('/management/branding', look);
    expect(status).toBe(200);
  };

  const watch = (page: Page): { strangers: string[]; complaints: string[] } => {
    const strangers: string[] = [];
    const complaints: string[] = [];
    page.on('request', (request) => {
      if (!request.url().startsWith(server.url)) strangers.push(request.url());
    });
    page.on('dialog', (dialog) => {
      complaints.push(dialog.message());
      void dialog.dismiss();
    });
    page.on('console', (message) => {
      // The script of the page leads the focus, too; whichever is second is told so. An empty form is refused with 422.
      if (!/^Autofocus|status of 422/.test(message.text())) complaints.push(message.text());
    });
    return { strangers, complaints };
  };

  /** The page as somebody sees it who sent it empty: with one of everything that a brand changes. */
  const openSignIn = async (options: BrowserContextOptions = {}): Promise<Opened> => {
    const page = await browser.newPage({
      viewport: { width: 640, height: 640 },
      reducedMotion: 'reduce',
      ...options,
    });
    const watched = watch(page);
    const { sdk, clientId } = server;
    await page.goto(sdk.userManagement.getAuthorizationUrl({ provider: 'authkit', clientId, redirectUri }));
    await page.getByRole('button', { name: 'Continue', exact: true }).click();
    await page.locator('.notice-danger').waitFor();
    await page.waitForLoadState('networkidle');
    return { page, ...watched };
  };

  const colorOf = (page: Page, selector: string, property = 'backgroundColor'): Promise<unknown> =>
    page.evaluate(`getComputedStyle(document.querySelector('${selector}')).${property}`);

  const violations = async (page: Page): Promise<unknown> => {
    await page.evaluate(axe);
    return page.evaluate(`axe.run(document).then(({ violations }) =>
      violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html).join(' ')))`);
  };

  const brands = [
    ['plain', {}],
    ['teal', { application_name: 'Acme', primary_color: '#0d9488', primary_color_dark: '#5eead4' }],
    ['yellow', { primary_color: '#facc15', background_color: '#fef9c3', background_color_dark: '#18181b' }],
    ['pale', { primary_color: '#ffffff', link_color: '#e0e7ff', background_color_dark: '#ffffff' }],
    ['black', { primary_color: '#000000', corner_radius: 'none', background_color: '#1e1b4b' }],
    [
      'right-to-left',
      { application_name: 'شركة المثال للحلول', primary_color: '#be123c', corner_radius: 'large' },
    ],
    [
      'hostile',
      { application_name: '</title></style><script>alert(1)</script><img src=x onerror=alert(1)>' },
    ],
  ] as const;

  const nothing = {
    application_name: null,
    appearance: 'auto',
    corner_radius: 'medium',
    primary_color: null,
    primary_color_dark: null,
    background_color: null,
    background_color_dark: null,
    link_color: null,
    link_color_dark: null,
  };

  test.each(brands)('%s is accessible, light and dark, and asks nobody else', async (name, look) => {
    await server.api.put('/management/branding/logo', wordMark('#0f172a'));
    await server.api.put('/management/branding/logo_dark', wordMark('#f8fafc'));
    if (name === 'plain' || name === 'right-to-left' || name === 'hostile') {
      await server.api.delete('/management/branding/logo');
      await server.api.delete('/management/branding/logo_dark');
    }
    await brand({ ...nothing, ...look });
    for (const colorScheme of ['light', 'dark'] as const) {
      const { page, strangers, complaints } = await openSignIn({ colorScheme });
      if (folder) await page.screenshot({ path: join(folder, `${name}-${colorScheme}.png`) });
      expect({ colorScheme, violations: await violations(page) }).toEqual({ colorScheme, violations: [] });
      expect([strangers, complaints]).toEqual([[], []]);
      expect(await page.locator('h1').textContent()).toBe('Sign in');
      await page.close();
    }
  });

  test.each(['light', 'dark'] as const)(
    'an appearance of %s holds, whatever the system prefers',
    async (appearance) => {
      await server.api.put('/management/branding/logo', wordMark('#0f172a'));
      await server.api.put('/management/branding/logo_dark', wordMark('#f8fafc'));
      const look = {
        primary_color: '#0d9488',
        background_color: '#fafaf9',
        background_color_dark: '#1c1917',
      };
      const seen = async (colorScheme: 'light' | 'dark') => {
        const { page } = await openSignIn({ colorScheme });
        if (folder)
          await page.screenshot({ path: join(folder, `forced-${appearance}-on-${colorScheme}.png`) });
        const picture = await page.screenshot();
        const colors = await Promise.all([
          colorOf(page, 'body'),
          colorOf(page, 'main'),
          colorOf(page, 'body', 'color'),
          colorOf(page, '.notice-danger'),
          colorOf(page, '.login-foot a', 'color'),
          colorOf(page, '.field input', 'borderTopColor'),
        ]);
        const logo = await page.evaluate('document.querySelector(".login-logo").currentSrc');
        await page.close();
        return { colors, logo, picture };
      };
      await brand({ ...nothing, ...look, appearance: 'auto' });
      const wanted = await seen(appearance);
      await brand({ appearance });
      const others = [await seen('light'), await seen('dark')];
      for (const other of others) {
        expect(other.colors).toEqual(wanted.colors);
        expect(other.logo).toBe(wanted.logo);
        expect(other.picture.equals(wanted.picture)).toBe(true);
      }
      await brand({ appearance: 'auto' });
    },
  );

  test('a drawing with script, opened by its address or shown as a logo, runs nothing and asks nobody', async () => {
    let asked = 0;
    let hostile = '';
    const strange = createServer(({ url }, response) => {
      if (url !== '/control.svg') asked += 1;
      response.setHeader('content-type', 'image/svg+xml');
      response.end(url === '/control.svg' ? hostile : '');
    });
    await new Promise<void>((resolve) => strange.listen(0, '127.0.0.1', resolve));
    const canary = `http://127.0.0.1:${(strange.address() as AddressInfo).port}`;
    hostile = makeSvg(
      `<style>@import "${canary}/style"; svg { background: url(${canary}/background) }</style>
      <image href="${canary}/image" onload="alert(2)" onerror="alert(3)"/><use href="${canary}/use#a"/>
      <foreignObject width="100" height="100"><body xmlns="http://www.w3.org/1999/xhtml" onload="alert(4)">
      <img src="${canary}/img" onerror="alert(5)"/><iframe src="${canary}/frame"/></body></foreignObject>
      <a href="javascript:alert(6)"><rect width="320" height="80"/></a><script>alert(1)</script>`,
    ).toString();
    const { status, body } = await server.api.put('/management/branding/logo', hostile);
    expect(status).toBe(200);
    await server.api.put('/management/branding/logo_dark', hostile);
    const alerts = async (address: string): Promise<string[]> => {
      const page = await browser.newPage();
      const { complaints } = watch(page);
      await page.goto(address);
      await page.locator('rect').click();
      await page.waitForLoadState('networkidle');
      await page.close();
      return complaints.filter((text) => /^\d$/.test(text));
    };
    expect(await alerts(body.logo.url)).toEqual([]);
    const shown = await openSignIn();
    expect(shown.complaints).toEqual([]);
    await shown.page.close();
    expect(asked).toBe(0);
    // The same drawing without our headers: it would have.
    expect(await alerts(`${canary}/control.svg`)).toContain('1');
    expect(asked).toBeGreaterThan(0);
    await new Promise((resolve) => strange.close(resolve));
  });
});
