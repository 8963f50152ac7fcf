// `npm run screenshots`: renders every page in every state to screenshots/, for people to look at.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { createEnvironment } from '../src/capabilities/environments/index.ts';
import { readConfig } from '../src/config.ts';
import { type Encryption, createEncryption, parseMasterKeys } from '../src/platform/encryption.ts';
import { createLog } from '../src/platform/log.ts';
import { system } from '../src/platform/scope.ts';
import { createScope, inTransaction } from '../src/platform/transaction.ts';
import { type Runtime, findMasterKey, openRuntime } from '../src/server/runtime.ts';
import { type Served, serve } from '../src/server/serve.ts';
import { launchBrowser, looks } from '../test/browser/browser.ts';
import { type LoginStage, loginStates, prepareLogin } from '../test/browser/login-states.ts';
import { openSampleStage, sampleStates } from '../test/browser/sample-states.ts';
import { enterState, mailboxStates } from '../test/browser/states.ts';

const folder = 'screenshots';

type Stage = Pick<Runtime, 'database' | 'clock'> & LoginStage & { encryption: Encryption; id: string };

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
  const made = await inTransaction(database, scope, (tx) =>
    createEnvironment(tx, { name: 'Acme Dashboard', kind: 'sandbox' }),
  );
  const { port, stop } = await serve(config, runtime, log, masterKey);
  const { id, client_id: clientId, api_key: key } = made;
  const url = `http://127.0.0.1:${port}`;
  return { database, encryption, clock, id, clientId, apiKey: key.value, url, stop };
}

async function photograph(
  browser: Browser,
  name: string,
  enter: (page: Page) => Promise<unknown>,
): Promise<void> {
  const page = await browser.newPage();
  await enter(page);
  for (const { width, colorScheme } of looks) {
    await page.setViewportSize({ width, height: 800 });
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    // As tall as the page: a frame below the fold is not painted.
    const height = await page.evaluate('document.documentElement.scrollHeight');
    await page.setViewportSize({ width, height: Number(height) });
    await page.screenshot({ path: join(folder, `${name}-${width}-${colorScheme}.png`) });
  }
  await page.close();
}

const dataDirectory = mkdtempSync(join(tmpdir(), 'doorwright-screenshots-'));
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder);
const stage = await openStage(dataDirectory);
const browser = await launchBrowser();
try {
  for (const state of mailboxStates) {
    const path = await enterState(stage, state);
    await photograph(browser, state.name, (page) => page.goto(stage.url + path));
  }
  await prepareLogin(stage);
  for (const { name, enter } of loginStates) {
    await photograph(browser, `login-${name}`, (page) => enter(page, stage));
  }
  const sample = await openSampleStage(browser);
  try {
    for (const { name, enter } of sampleStates) {
      await photograph(browser, `sample-${name}`, (page) => enter(page, sample));
    }
  } finally {
    await sample.close();
  }
  const count = (mailboxStates.length + loginStates.length + sampleStates.length) * looks.length;
  console.log(`${count} pictures are in ${folder}/.`);
} finally {
  await browser.close();
  await stage.stop();
  rmSync(dataDirectory, { recursive: true, force: true });
}
