import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { type ServerOptions, type TestServer, startServer } from '../harness.ts';
import { chromiumPath, launchBrowser } from './browser.ts';

/** A browser and a server for the tests of a `describe`; they are skipped by name where there is no browser. */
export interface Stage {
  browser: Browser;
  server: TestServer;
}

/** Opens the stage before the tests and closes it after them; read its fields inside tests only. */
export function useStage(options: ServerOptions = {}, prepare?: (stage: Stage) => Promise<unknown>): Stage {
  let opened: Stage | undefined;
  beforeAll(async () => {
    if (chromiumPath === null) return;
    const [browser, server] = await Promise.all([launchBrowser(), startServer(options)]);
    opened = { browser, server };
    await prepare?.(opened);
  }, 60_000);
  beforeEach(({ skip }) =>
    skip(chromiumPath === null, 'Chromium is not installed: apt-get install chromium'),
  );
  afterAll(async () => {
    await opened?.browser.close();
    await opened?.server.close();
  });
  const here = (): Stage => {
    if (!opened) throw new Error('the stage is open inside tests only');
    return opened;
  };
  return {
    get browser() {
      return here().browser;
    },
    get server() {
      return here().server;
    },
  };
}

/** What a page should not do: ask somebody outside the server, open dialogs, or make the browser complain. */
export interface Noticed {
  strangers: string[];
  complaints: string[];
}

/** Notes what a page does from now on. */
export function watchPage(page: Page, isOwn: (url: string) => boolean): Noticed {
  const strangers: string[] = [];
  const complaints: string[] = [];
  page.on('request', (request) => {
    if (!isOwn(request.url())) strangers.push(request.url());
  });
  page.on('dialog', (dialog) => {
    complaints.push(dialog.message());
    void dialog.dismiss();
  });
  page.on('console', (message) => {
    if (/warning|error/.test(message.type())) complaints.push(message.text());
  });
  return { strangers, complaints };
}
