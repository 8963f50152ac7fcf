// The sample application with somebody in it, for the pictures of `npm run screenshots`.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WorkOS } from '@workos-inc/node';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { type RunningProgram, buildProgram, startProgram } from '../program.ts';

const email = 'ada@example.com';
const password = 'a long and strange passphrase 7';

type Cookies = Awaited<ReturnType<BrowserContext['cookies']>>;

/** The sample application, with the cookies of somebody who is signed in. */
export interface SampleStage {
  url: string;
  cookies: Cookies;
  close(): Promise<void>;
}

/** Runs the product with its sample, on data that is thrown away, and signs somebody in. */
export async function openSampleStage(browser: Browser): Promise<SampleStage> {
  const dataDirectory = mkdtempSync(join(tmpdir(), 'doorwright-sample-'));
  await buildProgram();
  const program = await startProgram({ DOORWRIGHT_DATA_DIR: dataDirectory, DOORWRIGHT_SAMPLE: 'on' });
  const url = program.sampleUrl ?? '';
  const close = async () => {
    await program.stop();
    rmSync(dataDirectory, { recursive: true, force: true });
  };
  try {
    await makePeople(program);
    return { url, cookies: await signIn(browser, url), close };
  } catch (error) {
    await close();
    throw error;
  }
}

const signedIn =
  (path: string) =>
  async (page: Page, { url, cookies }: SampleStage) => {
    await page.context().addCookies(cookies);
    await page.goto(url + path);
  };
const signedOut =
  (path: string) =>
  (page: Page, { url }: SampleStage) =>
    page.goto(url + path);

/** Pages of the sample application, as people may find them. */
export const sampleStates = [
  { name: 'welcome', enter: signedOut('/') },
  { name: 'home', enter: signedIn('/') },
  { name: 'account', enter: signedIn('/account') },
  { name: 'not-found', enter: signedIn('/nowhere') },
  { name: 'callback-refused', enter: signedOut('/callback') },
];

async function makePeople({ url, apiKey }: RunningProgram): Promise<void> {
  const sdk = new WorkOS(apiKey, { apiHostname: '127.0.0.1', port: Number(new URL(url).port), https: false });
  const { userManagement, organizations } = sdk;
  const person = { email, password, firstName: 'Ada', lastName: 'Lovelace', emailVerified: true };
  const { id: userId } = await userManagement.createUser(person);
  for (const name of ['Analytical Engines', 'Difference Engines']) {
    const { id: organizationId } = await organizations.createOrganization({ name });
    await userManagement.createOrganizationMembership({ userId, organizationId });
  }
}

/** Signs in twice, so that the account page has another session to end. Returns the cookies of the second. */
async function signIn(browser: Browser, sampleUrl: string): Promise<Cookies> {
  const context = await browser.newContext();
  const page = await context.newPage();
  await openSample(page, `${sampleUrl}/login`);
  await fillIn(page);
  await page.waitForURL(`${sampleUrl}/`);
  await page.goto(`${sampleUrl}/login`);
  await page.getByRole('button', { name: 'Analytical Engines' }).click();
  await page.waitForURL(`${sampleUrl}/`);
  const cookies = await context.cookies(sampleUrl);
  await context.close();
  return cookies;
}

/** The sample is there a moment after the server. */
async function openSample(page: Page, url: string): Promise<void> {
  for (let attempt = 0; ; attempt += 1) {
    const failure = await page.goto(url).then(
      () => null,
      (error: unknown) => error,
    );
    if (failure === null) return;
    if (attempt === 100) throw failure;
    await page.waitForTimeout(50);
  }
}

async function fillIn(page: Page): Promise<void> {
  await page.getByLabel('Email address').fill(email);
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('button', { name: 'Analytical Engines' }).click();
}
