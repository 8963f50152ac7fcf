// The examples that the docs server generates for each operation, run as they stand against the real server: only
// address, key and ids are put in.
import { execFile, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { readOpenApi } from '../../packages/mcp-docs/src/prepare/openapi.ts';
import {
  type Objects,
  type Route,
  callersOf,
  makeObjects,
  routes,
  unknownObjects,
} from '../contract/sweep.ts';
import { useServer } from '../harness.ts';

const execute = promisify(execFile);
const { examples } = readOpenApi(readFileSync('openapi.json', 'utf8'));
const hasCurl = spawnSync('curl', ['--version']).status === 0;

// What is deleted is not there for the next: reading goes first, deleting last, and containers after what they hold.
const methods = ['GET', 'POST', 'PATCH', 'PUT', 'DELETE'];
const depth = ({ path }: Route): number =>
  /^\/(?:management\/environments|organizations)\//.test(path) ? 0 : 1;
// Forms of pages are for browsers, and no example carries a picture.
const ordered = routes
  .filter(({ operation }) => operation.protocol !== 'page' && operation.accepts !== 'bytes')
  .sort(
    (a, b) =>
      methods.indexOf(a.operation.method) - methods.indexOf(b.operation.method) || depth(b) - depth(a),
  );

interface Outcome {
  status: number;
  text: string;
}

type Run = (code: string, key: string) => Promise<Outcome>;

const runCurl: Run = async (code) => {
  const { stdout } = await execute('bash', ['-c', `${code} -s -w '\\n%{http_code}'`]);
  const end = stdout.lastIndexOf('\n');
  return { status: Number(stdout.slice(end + 1)), text: stdout.slice(0, end) };
};

/** The code sees a `fetch` that notes the answer, and a console that prints nowhere. */
const runTypeScript: Run = async (code, key) => {
  let outcome: Outcome = { status: 0, text: 'it made no request' };
  const noting = async (url: string, init: RequestInit): Promise<Response> => {
    const response = await fetch(url, { ...init, redirect: 'manual' });
    outcome = { status: response.status, text: await response.clone().text() };
    return response;
  };
  const names = ['fetch', 'process', 'console'];
  // oxlint-disable-next-line typescript/no-implied-eval, no-new-func -- running the example is what is tested
  const run = new Function(...names, `return (async () => {${code}})()`) as (
    ...values: unknown[]
  ) => Promise<void>;
  await run(noting, { env: { WORKOS_API_KEY: key } }, { log: () => undefined }).catch((error: unknown) => {
    if (outcome.status < 400) throw error;
  });
  return outcome;
};

/** Whether nothing of the kind can be made for a test: then 404 is the right answer to a well-formed example. */
const isUnknown = ({ path }: Route, objects: Objects): boolean =>
  [...path.matchAll(/([^/]+)\/\{\w+\}/g)].some(([, segment = '']) => objects[segment] === undefined);

/** What is wrong with a call in itself: no example may be answered so. */
const malformed =
  /validation_failed|invalid_json|unsupported_media_type|unauthorized|environment_required|Nothing answers/;

/** Puts real ids in the place of those of the page: by the segment before a parameter, and by the name of a field. */
function putIds(code: string, { path }: Route, objects: Objects): string {
  const all: Objects = {
    ...unknownObjects,
    name: 'page.css',
    messages: 'mail_1',
    mailbox: 'mail_1',
    ...objects,
  };
  let filled = code;
  for (const [, segment = '', parameter = ''] of path.matchAll(/([^/]+)\/\{(\w+)\}/g)) {
    filled = filled.replaceAll(`${segment}/:${parameter}`, `${segment}/${all[segment] ?? 'nothing'}`);
  }
  return filled.replaceAll(/("(\w+)_id": ?")\w+"/g, (whole, start: string, noun: string) =>
    all[`${noun}s`] === undefined ? whole : `${start}${all[`${noun}s`]}"`,
  );
}

describe.each([
  ['bash', 'curl', runCurl],
  ['typescript', 'TypeScript', runTypeScript],
] as const)('in %s', (language, name, run) => {
  const server = useServer({ isDevelopment: true });
  let objects: Objects;

  beforeAll(async () => {
    objects = await makeObjects(server);
  });
  beforeEach(({ skip }) =>
    skip(language === 'bash' && !hasCurl, 'curl is not installed: apt-get install curl'),
  );

  test.each(ordered)(`the ${name} example of $name does what it says`, async (route) => {
    const { operation, path } = route;
    const title = `${operation.method} ${path}`;
    const example = examples.find((one) => one.language === language && one.title === title);
    if (example === undefined) throw new Error(`${title} has no example: run npm run generate`);
    const caller = callersOf(route, server, server)[0] ?? { key: server.apiKey, prefix: '' };
    const code = putIds(example.code, route, objects)
      .replaceAll('http://127.0.0.1:4100', `${server.url}${caller.prefix}`)
      .replaceAll(/("client_id": ?")\w+"/g, (_, start: string) => `${start}${server.clientId}"`)
      .replaceAll('sk_test_default', caller.key);
    const { status, text } = await run(code, caller.key);
    const isReached = status === 404 && isUnknown(route, objects) && !text.includes('Nothing answers');
    // The state of the server may refuse a well-formed call (a code that was not sent, the same domain twice).
    const isRefused =
      !malformed.test(text) &&
      operation.errors?.some((error) => error.status === status && text.includes(error.code)) === true;
    const hint = `${status} ${text.slice(0, 300)}\n${code}\nGive the field a value in packages/mcp-docs/src/prepare/example-values.ts.`;
    expect(status < 400 || isReached || isRefused, hint).toBe(true);
  });
});
