import { readFacts } from './contract/facts.ts';
import { responseValidator } from './contract/schema.ts';

export interface TestResponse {
  status: number;
  headers: Headers;
  /** Parsed JSON, or the text of anything else. */
  body: any; // oxlint-disable-line typescript/no-explicit-any -- tests read answers of every shape
}

export interface RequestOptions {
  headers?: Record<string, string>;
}

/** Speaks HTTP to a server, with one credential; checks each answer against the public contract. */
export interface TestClient {
  get(path: string, options?: RequestOptions): Promise<TestResponse>;
  delete(path: string, options?: RequestOptions): Promise<TestResponse>;
  post(path: string, body?: unknown, options?: RequestOptions): Promise<TestResponse>;
  put(path: string, body?: unknown, options?: RequestOptions): Promise<TestResponse>;
  patch(path: string, body?: unknown, options?: RequestOptions): Promise<TestResponse>;
}

const facts = readFacts();

/** Refusals that the contract's closed lists of codes have no word for. */
const ownCodes: ReadonlySet<string> = new Set([
  'organization_membership_already_exists',
  'rate_limit_exceeded',
]);

/**
 * @param key the bearer token, or null for none
 * @param settle waited for before events are read
 */
export function createClient(
  url: string,
  key: string | null,
  settle: () => Promise<void> = () => Promise.resolve(),
): TestClient {
  const send = async (
    method: string,
    path: string,
    body: unknown,
    options: RequestOptions = {},
  ): Promise<TestResponse> => {
    if (path.startsWith('/events')) await settle();
    const response = await fetch(url + path, {
      method,
      redirect: 'manual',
      headers: {
        ...(key === null ? {} : { authorization: `Bearer ${key}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...options.headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json') ?? false;
    const parsed: unknown = isJson ? JSON.parse(text) : text;
    checkContract({ method, path, status: response.status }, parsed);
    return { status: response.status, headers: response.headers, body: parsed };
  };
  return {
    get: (path, options) => send('GET', path, undefined, options),
    delete: (path, options) => send('DELETE', path, undefined, options),
    post: (path, body, options) => send('POST', path, body, options),
    put: (path, body, options) => send('PUT', path, body, options),
    patch: (path, body, options) => send('PATCH', path, body, options),
  };
}

function checkContract(answer: { method: string; path: string; status: number }, body: unknown): void {
  // A page is for people, whatever the contract says that programs read there.
  if (typeof body === 'string' && body.startsWith('<!doctype html>')) return;
  const path = answer.path.split('?')[0] ?? '';
  const validate = responseValidator(facts, answer.method, path, answer.status);
  if (ownCodes.has(codeOf(body))) return;
  const violations = validate?.(body) ?? [];
  if (violations.length > 0) {
    throw new Error(
      `${answer.method} ${path} ${answer.status}: ${violations.join('; ')}\n${JSON.stringify(body)}`,
    );
  }
}

function codeOf(body: unknown): string {
  return typeof body === 'object' && body !== null && 'code' in body ? String(body.code) : '';
}
