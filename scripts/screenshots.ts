// `npm run screenshots`: renders every page in every state to screenshots/, for people to look at.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { createEnvironment } from '../src/capabilities/environments/index.ts';
import { readConfig } from '../src/config.ts';
import { type Encryption, createEncryption, parseMasterKeys } from '../src/platform/encryption.ts';
import { createLog } from '../src/platform/log.ts';
import { system } from '../src/platform/scope.ts';
import { createScope, inTransaction } from '../src/platform/transaction.ts';
import { type Runtime, findMasterKey, openRuntime } from '../src/server/runtime.ts';
import { type Served, serve } from '../src/server/serve.ts';
import { launchBrowser, looks } from '../test/browser/browser.ts';
import { type PageState, enterState, mailboxStates } from '../test/browser/states.ts';

const folder = 'screenshots';

type Stage = Pick<Runtime, 'database' | 'clock'> & { encryption: Encryption; id: string; url: string };

/** A server of its own, on data that is thrown away. */
async function openStage(dataDirectory: string): Promise<Stage & Pick<Served, 'stop'>> {
  const config = readConfig({ PORT: '0', DOORWRIGHT_DATA_DIR: dataDirectory }, 'development');
  const log = createLog('error', process.stderr);
  const runtime = await openRuntime(config, log);
  const { database, clock } = runtime;
  const masterKey = await findMasterKey(config);
  const encryption = createEncryption(parseMasterKeys(masterKey));
  const now = clock.now();
  const scope = createScope({ environment: null, principal: system, requestId: 'screenshots', now });
  const { id } = await inTransaction(database, scope, (tx) =>
    createEnvironment(tx, { name: 'Sandbox', kind: 'sandbox' }),
  );
  const { port, stop } = await serve(config, runtime, log, masterKey);
  return { database, encryption, clock, id, url: `http://127.0.0.1:${port}`, stop };
}

async function photograph(browser: Browser, stage: Stage, state: PageState): Promise<void> {
  const path = await enterState(stage, state);
  for (const { width, colorScheme } of looks) {
    const page = await browser.newPage({ viewport: { width, height: 800 }, colorScheme });
    await page.goto(stage.url + path);
    const file = join(folder, `${state.name}-${width}-${colorScheme}.png`);
    // As tall as the page: a frame below the fold is not painted.
    const height = await page.evaluate('document.documentElement.scrollHeight');
    await page.setViewportSize({ width, height: Number(height) });
    await page.screenshot({ path: file });
    await page.close();
  }
}

const dataDirectory = mkdtempSync(join(tmpdir(), 'doorwright-screenshots-'));
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder);
const stage = await openStage(dataDirectory);
const browser = await launchBrowser();
try {
  for (const state of mailboxStates) await photograph(browser, stage, state);
  console.log(`${mailboxStates.length * looks.length} pictures are in ${folder}/.`);
} finally {
  await browser.close();
  await stage.stop();
  rmSync(dataDirectory, { recursive: true, force: true });
}
