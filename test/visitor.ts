// Somebody at a browser without script: cookies per host, forms as the pages have them, redirects one at a time.
import { type IncomingHttpHeaders, request } from 'node:http';
import type { TestEnvironment, TestServer } from './harness.ts';

export interface Visit {
  url: string;
  status: number;
  headers: IncomingHttpHeaders;
  /** Set-Cookie values as they came. */
  cookies: readonly string[];
  html: string;
  /** Where the answer leads, or nothing. */
  location: string;
}

export interface Visitor {
  /** What the browser keeps, by host: `name` to value. */
  readonly jar: Map<string, Map<string, string>>;
  open(url: string, headers?: Record<string, string>): Promise<Visit>;
  /** Opens, and goes on as long as our pages lead on. */
  arrive(url: string): Promise<Visit>;
  /** Fills in the form of a page, with what it hides. */
  submit(page: Visit, fields?: Record<string, string>, headers?: Record<string, string>): Promise<Visit>;
  /** The same, to the page that follows. */
  fill(page: Visit, fields?: Record<string, string>): Promise<Visit>;
  send(url: string, body: string, headers?: Record<string, string>): Promise<Visit>;
}

interface Sent {
  method: string;
  headers: Record<string, string>;
  body?: string;
}

/** A browser that connects to the server whatever host an address names. */
export function createVisitor(server: Pick<TestServer, 'url'>): Visitor {
  const jar: Visitor['jar'] = new Map();
  const ask = async (address: string, sent: Sent): Promise<Visit> => {
    const url = new URL(address, server.url);
    const visit = await call(server.url, url, {
      ...sent,
      headers: { ...cookieOf(jar, url), ...sent.headers },
    });
    keep(jar, url, visit.cookies);
    return visit;
  };
  const open: Visitor['open'] = (url, headers = {}) => ask(url, { method: 'GET', headers });
  const send: Visitor['send'] = (url, body, headers = {}) =>
    ask(url, { method: 'POST', body, headers: { 'content-type': form, ...headers } });
  const submit: Visitor['submit'] = (page, fields = {}, headers = {}) => {
    const body = new URLSearchParams({ csrf: csrfOf(page), ...fields }).toString();
    return send(actionOf(page), body, headers);
  };
  const follow = async (visit: Visit): Promise<Visit> => {
    let at = visit;
    for (let count = 0; count < 10; count += 1) {
      if (at.location === '' || new URL(at.location).port !== new URL(server.url).port) return at;
      at = await open(at.location);
    }
    throw new Error(`${visit.url} leads round in circles`);
  };
  return {
    jar,
    open,
    send,
    submit,
    arrive: async (url) => follow(await open(url)),
    fill: async (page, fields) => follow(await submit(page, fields)),
  };
}

const form = 'application/x-www-form-urlencoded';

function call(serverUrl: string, url: URL, { method, headers, body }: Sent): Promise<Visit> {
  const { hostname, port } = new URL(serverUrl);
  const path = `${url.pathname}${url.search}`;
  return new Promise((resolve, reject) => {
    const sent = request(
      { hostname, port, path, method, headers: { host: url.host, ...headers } },
      (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => void chunks.push(chunk));
        answer.on('end', () => {
          resolve({
            url: url.href,
            status: answer.statusCode ?? 0,
            headers: answer.headers,
            cookies: answer.headers['set-cookie'] ?? [],
            html: Buffer.concat(chunks).toString(),
            location: answer.headers.location ?? '',
          });
        });
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}

function cookieOf(jar: Visitor['jar'], { host }: URL): Record<string, string> {
  const pairs = [...(jar.get(host) ?? [])].map(([name, value]) => `${name}=${value}`);
  return pairs.length > 0 ? { cookie: pairs.join('; ') } : {};
}

function keep(jar: Visitor['jar'], { host }: URL, cookies: readonly string[]): void {
  const kept = jar.get(host) ?? new Map<string, string>();
  jar.set(host, kept);
  for (const cookie of cookies) {
    const [pair = ''] = cookie.split(';');
    const split = pair.indexOf('=');
    kept.set(pair.slice(0, split), pair.slice(split + 1));
  }
}

const unescape = (text: string): string =>
  text.replaceAll('&quot;', '"').replaceAll('&#39;', "'").replaceAll('&lt;', '<').replaceAll('&amp;', '&');

export const csrfOf = ({ html }: Visit): string => /name="csrf" value="([^"]*)"/.exec(html)?.[1] ?? '';

export function actionOf({ html, url }: Visit): string {
  const action = /<form method="post" action="([^"]*)"/.exec(html)?.[1];
  if (action === undefined) throw new Error(`no form at ${url}: ${html}`);
  return unescape(action);
}

/** The path of a page or of where an answer leads, without an environment's prefix. */
export const pathOf = (url: string): string => new URL(url).pathname.replace(/^\/environments\/[^/]+/, '');

/** What a page says is wrong. */
export const problemIn = ({ html }: Visit): string =>
  unescape(/role="alert"[^>]*>(.*?)<\/div>/.exec(html)?.[1]?.replace(/<[^>]*>/g, '') ?? '');

/** Where the last page sends the browser. */
export const targetOf = ({ html }: Visit): URL =>
  new URL(unescape(/http-equiv="refresh" content="0;url=([^"]*)"/.exec(html)?.[1] ?? ''));

export const codeOf = (page: Visit): string => targetOf(page).searchParams.get('code') ?? '';

/** Where the application of these tests waits. */
export const callback = 'https://app.example.com/callback';

export const registerCallback = async ({ api }: TestEnvironment, uri = callback): Promise<void> => {
  await api.post('/user_management/redirect_uris', { uri });
};

type Query = Record<string, string | undefined>;

/** What the application sends somebody to; undefined leaves a parameter out. */
export function authorizePath({ clientId }: Pick<TestEnvironment, 'clientId'>, query: Query = {}): string {
  const all: Query = {
    response_type: 'code',
    provider: 'authkit',
    client_id: clientId,
    redirect_uri: callback,
    ...query,
  };
  const given = Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return `/user_management/authorize?${new URLSearchParams(given).toString()}`;
}

/** Goes from the application to the page after the password. */
export async function enterPassword(
  visitor: Visitor,
  environment: Pick<TestEnvironment, 'clientId'>,
  { email, password, query = {} }: { email: string; password: string; query?: Query },
): Promise<Visit> {
  const page = await visitor.arrive(authorizePath(environment, { prompt: 'login', ...query }));
  return visitor.fill(await visitor.fill(page, { email }), { password });
}
