// examples/nextjs as its README says: installed, built, started and signed in to, under the Node.js that it needs.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { WorkOS } from '@workos-inc/node';
import { chromiumPath, launchBrowser } from '../browser/browser.ts';
import { startProgram } from '../program.ts';

const source = fileURLToPath(new URL('../../examples/nextjs', import.meta.url));
const ordinaryNode = process.env.DOORWRIGHT_TEST_NODE ?? 'node';
const email = 'ada@example.com';
const password = 'a long and strange passphrase 7';
const noRegistry =
  /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|ENOTCACHED|_CERT_IN_CHAIN|UNABLE_TO_/;
// This Node.js lies elsewhere than the caller's: npm would not find the configuration of the machine by itself.
const way =
  /^(NODE_EXTRA_CA_CERTS|(https?|no)_proxy|npm_config_(globalconfig|registry|cafile|noproxy|(https_)?proxy))$/i;

/** npm and what it starts run under this Node.js, with the caller's way to the registry and nothing else of theirs. */
const inherited = {
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => way.test(name))),
  PATH: `${dirname(process.execPath)}${delimiter}${process.env.PATH}`,
  HOME: process.env.HOME,
  NEXT_TELEMETRY_DISABLED: '1',
  CI: '1',
};

/** Runs a command to its end and returns its code and everything it said. */
function run(file, args, options) {
  const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
  let output = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  child.stderr.on('data', (chunk) => (output += chunk));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, output }));
  });
}

function findFreePort() {
  const server = createServer();
  return new Promise((resolve) => {
    server.listen(0, 'localhost', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

async function untilAnswered(url) {
  for (let attempt = 0; attempt < 600; attempt += 1) {
    const response = await fetch(url).catch(() => null);
    if (response?.ok) return;
    await setTimeout(50);
  }
  assert.fail(`${url} does not answer`);
}

describe('the Next.js example', () => {
  const next = ['node_modules/next/dist/bin/next'];
  let folder;
  let program;
  let application;
  let browser;
  let origin;
  /** Why nothing can be tried here; null when it can. */
  let obstacle = chromiumPath === null ? 'Chromium is not installed: apt-get install chromium' : null;

  before(async () => {
    if (obstacle) return;
    folder = await mkdtemp(join(tmpdir(), 'doorwright-nextjs-'));
    const isSource = (path) => !/\/(node_modules|\.next)(\/|$)/.test(path.slice(source.length));
    await cp(source, join(folder, 'app'), { recursive: true, filter: isSource });
    const cwd = join(folder, 'app');
    const installed = await run('npm', ['ci', '--ignore-scripts'], { cwd, env: inherited });
    if (installed.code !== 0 && noRegistry.test(installed.output)) {
      obstacle = 'the npm registry cannot be reached';
      return;
    }
    assert.equal(installed.code, 0, installed.output);

    const data = { DOORWRIGHT_DATA_DIR: join(folder, 'data') };
    program = await startProgram(data, ['dev', '--json'], ordinaryNode);
    const port = await findFreePort();
    origin = `http://localhost:${port}`;
    const env = {
      ...inherited,
      WORKOS_API_KEY: program.apiKey,
      WORKOS_CLIENT_ID: program.clientId,
      WORKOS_COOKIE_PASSWORD: 'thirty-two characters or more of it',
      WORKOS_REDIRECT_URI: `${origin}/callback`,
      WORKOS_API_HOSTNAME: '127.0.0.1',
      WORKOS_API_PORT: new URL(program.url).port,
      WORKOS_API_HTTPS: 'false',
    };
    const built = await run(process.execPath, [...next, 'build'], { cwd, env });
    assert.equal(built.code, 0, built.output);
    application = spawn(process.execPath, [...next, 'start', '--port', String(port)], {
      cwd,
      env,
      stdio: 'ignore',
    });
    await register('/user_management/redirect_uris', `${origin}/callback`);
    await register('/management/sign_out_redirects', `${origin}/`);
    browser = await launchBrowser();
    await untilAnswered(origin);
  });

  after(async () => {
    await browser?.close();
    application?.kill('SIGTERM');
    await program?.stop();
    if (folder) await rm(folder, { recursive: true, force: true });
  });

  async function register(path, uri) {
    const response = await fetch(program.url + path, {
      method: 'POST',
      headers: { authorization: `Bearer ${program.apiKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ uri }),
    });
    assert.equal(response.status, 201);
  }

  test('signs somebody in, knows them on the next page, and signs them out', async (t) => {
    if (obstacle) return t.skip(obstacle);
    const sdk = new WorkOS(program.apiKey, {
      apiHostname: '127.0.0.1',
      port: Number(new URL(program.url).port),
      https: false,
    });
    await sdk.userManagement.createUser({ email, password, firstName: 'Ada', emailVerified: true });
    const page = await browser.newPage();
    page.setDefaultTimeout(20_000);
    await page.goto(origin);
    await page.getByRole('link', { name: 'Sign in' }).click();
    await page.getByLabel('Email address').fill(email);
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByLabel('Password', { exact: true }).fill(password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.waitForURL(`${origin}/`);
    assert.equal(await page.locator('h1').textContent(), 'Hello, Ada');
    await page.reload();
    assert.equal(await page.locator('dd').first().textContent(), email);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('link', { name: 'Sign in' }).waitFor();
    assert.equal(new URL(page.url()).origin, origin);
  });
});
