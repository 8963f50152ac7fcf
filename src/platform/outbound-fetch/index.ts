import { Agent } from 'undici';

import { type Result, err, ok } from '../../lib/result.ts';
import { createAddressPolicy } from './addresses.ts';
import { OutboundError, type OutboundFault, codeOfFailure, outboundFault } from './errors.ts';
import {
  type GuardOptions,
  type LogBlocked,
  type Lookup,
  checkDestination,
  createSocketLookup,
  resolveAllowed,
  systemLookup,
} from './guard.ts';

export { type OutboundCode, OutboundError, type OutboundFault } from './errors.ts';
export type { LogBlocked, Lookup } from './guard.ts';

export type OutboundRequest = {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'HEAD';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  /** For the whole exchange, from DNS to the last byte of the answer. Default 15,000. */
  readonly timeoutMs?: number;
  /** Of the answer's body. Default 1 MiB. Headers are limited to 16 KiB. */
  readonly maxResponseBytes?: number;
  /** True to take the beginning of a larger body instead of failing: the rest is not read, the connection closed. */
  readonly isCutWhenLarger?: boolean;
};

export type OutboundResponse = {
  readonly status: number;
  /** Names in lower case; a header sent twice has its values joined by a comma. */
  readonly headers: Readonly<Record<string, string>>;
  /** As sent: nothing is decompressed, so no answer grows here. */
  readonly body: Buffer;
};

/** The one door to other servers. */
export type OutboundFetch = {
  /**
   * Sends one request. An answer of any status is returned, a redirect included: it is never followed.
   * No proxy, cookie or credential is taken from anywhere. Throws OutboundError.
   */
  readonly fetch: (url: string, request?: OutboundRequest) => Promise<OutboundResponse>;
  /**
   * Checks a URL when it is saved; returns it parsed, or the fault. A name that does not resolve (yet) within 3
   * seconds passes, as `fetch` judges again on each request. Never throws.
   */
  readonly checkUrl: (url: string) => Promise<Result<URL, OutboundFault>>;
  /** Closes every connection; requests still under way fail: whoever made them has waited for as long as it wanted. */
  readonly close: () => Promise<void>;
};

export type OutboundOptions = {
  /** Lets requests reach this machine: for development and tests only. */
  readonly allowLoopback: boolean;
  /** CIDRs that are reachable although they are private. */
  readonly allowedNetworks: readonly string[];
  readonly lookup?: Lookup;
  readonly log?: LogBlocked;
};

const defaultTimeoutMs = 15_000;
const defaultMaxResponseBytes = 1024 * 1024;
const saveCheckMs = 3_000;

/** Headers that decide where a message goes or ends; undici writes those that are needed. */
const framingHeaders =
  /^(?:host|connection|keep-alive|content-length|transfer-encoding|te|trailer|upgrade|expect|proxy-.*)$/i;

/**
 * Makes the door (threats H-01 to H-04). Keeps connections open between requests for a few seconds: each was made to
 * an address that was checked. Throws an Error for a malformed CIDR in `allowedNetworks`.
 */
export function createOutboundFetch(options: OutboundOptions): OutboundFetch {
  const guard: GuardOptions = {
    policy: createAddressPolicy(options),
    lookup: options.lookup ?? systemLookup,
    log: options.log ?? (() => {}),
  };
  // `rejectUnauthorized` is spelt out so that NODE_TLS_REJECT_UNAUTHORIZED=0 cannot switch it off.
  const agent = new Agent({
    connect: { lookup: createSocketLookup(guard), rejectUnauthorized: true, timeout: defaultTimeoutMs },
    maxHeaderSize: 16 * 1024,
  });
  return {
    fetch: (url, request = {}) => send(agent, guard, url, request),
    checkUrl: (url) => checkUrl(url, guard),
    close: () => agent.destroy(),
  };
}

async function checkUrl(text: string, guard: GuardOptions): Promise<Result<URL, OutboundFault>> {
  const destination = checkDestination(text, guard);
  if (!destination.ok) return destination;
  const url = destination.value;
  if (isLiteral(url)) return destination;
  try {
    await withDeadline(saveCheckMs, () => resolveAllowed(url.hostname, guard));
  } catch (error) {
    if (codeOfFailure(error) === 'blocked_address') return err(outboundFault('blocked_address', url));
  }
  return ok(url);
}

/** True for a host that is an address: `checkDestination` has judged it, and there is nothing to resolve. */
const isLiteral = (url: URL): boolean => /^\[|^[0-9.]+$/.test(url.hostname);

async function send(
  agent: Agent,
  guard: GuardOptions,
  text: string,
  request: OutboundRequest,
): Promise<OutboundResponse> {
  const destination = checkDestination(text, guard);
  if (!destination.ok) throw new OutboundError(destination.error);
  const url = destination.value;
  const headers = request.headers ?? {};
  if (Object.keys(headers).some((name) => framingHeaders.test(name))) {
    throw new OutboundError(outboundFault('invalid_request', url));
  }
  try {
    return await withDeadline(request.timeoutMs ?? defaultTimeoutMs, (signal) =>
      exchange(agent, url, { ...request, headers, signal }),
    );
  } catch (error) {
    throw new OutboundError(outboundFault(codeOfFailure(error), url));
  }
}

async function exchange(
  agent: Agent,
  url: URL,
  request: OutboundRequest & { headers: Readonly<Record<string, string>>; signal: AbortSignal },
): Promise<OutboundResponse> {
  const answer = await agent.request({
    origin: url.origin,
    path: url.pathname + url.search,
    method: request.method ?? 'GET',
    headers: { ...request.headers },
    body: request.body ?? null,
    signal: request.signal,
    headersTimeout: 0,
    bodyTimeout: 0,
  });
  const limit = request.maxResponseBytes ?? defaultMaxResponseBytes;
  const chunks: Buffer[] = [];
  let size = 0;
  // Leaving the loop early destroys the body, and with it the connection.
  for await (const chunk of answer.body as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > limit && !request.isCutWhenLarger) throw new OutboundError(outboundFault('too_large', url));
    chunks.push(chunk);
    if (size >= limit && request.isCutWhenLarger) break;
  }
  const headers = Object.fromEntries(
    Object.entries(answer.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : (value ?? ''),
    ]),
  );
  return { status: answer.statusCode, headers, body: Buffer.concat(chunks, Math.min(size, limit)) };
}

/** Runs `work` and rejects with OutboundError `timeout` after `ms`, even if `work` does not heed its signal. */
async function withDeadline<T>(ms: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const late = new OutboundError(outboundFault('timeout'));
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(late);
      controller.abort(late);
    }, ms);
  });
  try {
    return await Promise.race([work(controller.signal), deadline]);
  } finally {
    clearTimeout(timer);
  }
}
