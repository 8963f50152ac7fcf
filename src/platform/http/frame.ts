import type { IncomingHttpHeaders } from 'node:http';
import type { HttpBindings } from '@hono/node-server';
import { type Context, Hono } from 'hono';
import { createIdSequence } from '../../lib/id.ts';
import { type Authenticator, authenticate, authenticateClient, readBearer } from '../authenticate.ts';
import type { Clock } from '../clock.ts';
import type { Database } from '../database/database.ts';
import type { Encryption } from '../encryption.ts';
import { type EnvironmentDirectory, resolveEnvironment } from '../environment-directory.ts';
import { ApiError, forbidden, invalidField, shapeError } from '../errors.ts';
import { type IdempotentRequest, type StoredReply, runIdempotently } from '../idempotency.ts';
import { inDocumentedWords } from '../documented-errors.ts';
import type { Log } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import { type Input, type Operation, type RateLimit, Reply, type RequestFacts } from '../operation.ts';
import { randomSeed } from '../random.ts';
import type { RateLimiter } from '../rate-limit.ts';
import { type Environment, type Principal, type Reader, type Scope, nobody } from '../scope.ts';
import { type Tx, createReader, createScope, inTransaction } from '../transaction.ts';
import { type AddressReader, hostOf, networkOf } from './address.ts';
import { readCookie } from './cookies.ts';
import { answerPreflight, corsHeaders } from './cors.ts';
import type { HostGuard } from './hosts.ts';
import { type ReadBody, parseInput, readBody, readQuery, refuseNul } from './input.ts';
import { limitsOf } from './limits.ts';
import { contentHeaders } from './page.ts';
import { type ResponseCheck, fromStoredReply, toReply, toStoredReply, unlessHeld } from './reply.ts';

export interface FrameDeps {
  operations: readonly Operation[];
  database: Database;
  clock: Clock;
  log: Log;
  metrics: Metrics;
  encryption: Encryption;
  authenticators: readonly Authenticator[];
  environments: EnvironmentDirectory;
  rateLimiter: RateLimiter;
  readAddress: AddressReader;
  /** Null where every name is answered: what matters there needs a secret. */
  hostGuard: HostGuard | null;
  responseCheck: ResponseCheck['mode'];
}

/** How a request that no operation serves is answered. */
const unknownOperation = { protocol: 'api' } as const;
const unknownPage = { protocol: 'page' } as const;

type FrameContext = Context<{ Bindings: HttpBindings }>;

/** One request on its way through the steps that no handler can forget. */
interface Exchange {
  context: FrameContext;
  operation: Operation;
  /** The query string with its `?`, or nothing. */
  search: string;
  headers: IncomingHttpHeaders;
  requestId: string;
  address: string;
  /** `client_id` of a `/environments/{client_id}` prefix. */
  pathClientId: string | null;
  /** Known once it is resolved; an error before that is answered without CORS headers. */
  environment: Environment | null;
}

const prefixPattern = /^\/environments\/([^/]+)(\/.*)$/;

/** Builds the HTTP handler: one route per operation and alias, the same steps for all. */
export function createFrame(deps: FrameDeps): Hono<{ Bindings: HttpBindings }> {
  const app = new Hono<{ Bindings: HttpBindings }>({ getPath: routedPath });
  for (const operation of deps.operations) {
    for (const path of [operation.path, ...(operation.aliases ?? [])]) {
      app.on(operation.method, path.replace(/\{(\w+)\}/g, ':$1'), (context) =>
        serve(deps, operation, context),
      );
    }
  }
  const refuse = (error: unknown, operation: string, isForPeople = false): Response => {
    const requestId = newRequestId();
    const refusal = asApiError(error, deps.log, { requestId, operation });
    const { status, headers, body } = failure(
      refusal,
      isForPeople ? unknownPage : unknownOperation,
      requestId,
    );
    return new Response(body, { status, headers: { ...headers, 'x-request-id': requestId } });
  };
  app.options('*', (context) =>
    answerPreflight(deps.environments, context).catch((error: unknown) => refuse(error, 'preflight')),
  );
  app.notFound((context) => {
    // A browser that somebody sits at says that it takes pages; programs do not.
    const isForPeople = /\btext\/html\b/.test(context.req.header('accept') ?? '');
    const message = isForPeople
      ? 'There is nothing at this address. Check it, or go back to where you came from.'
      : `Nothing answers ${context.req.method} ${context.req.path}. The operations are listed at /openapi.json.`;
    return refuse(new ApiError('not_found', { status: 404, message }), 'none', isForPeople);
  });
  return app;
}

/** The path that chooses the operation: without a `/environments/{client_id}` in front. */
function routedPath(request: Request): string {
  const path = pathOf(request.url.slice(request.url.indexOf('/', request.url.indexOf('://') + 3)));
  return prefixPattern.exec(path)?.[2] ?? path;
}

const pathOf = (target: string): string => {
  const end = target.indexOf('?');
  return end === -1 ? target : target.slice(0, end);
};

const newRequestId = (): string => createIdSequence(Date.now(), randomSeed())('req');

async function serve(deps: FrameDeps, operation: Operation, context: FrameContext): Promise<Response> {
  const startedAt = performance.now();
  const { incoming } = context.env;
  const target = incoming.url ?? '/';
  const exchange: Exchange = {
    context,
    operation,
    search: target.slice(pathOf(target).length),
    headers: incoming.headers,
    requestId: newRequestId(),
    address: deps.readAddress(incoming),
    pathClientId: prefixPattern.exec(pathOf(target))?.[1] ?? null,
    environment: null,
  };
  const reply = await answer(deps, exchange).catch((error: unknown) =>
    failure(
      asApiError(error, deps.log, { requestId: exchange.requestId, operation: operation.id }),
      operation,
      exchange.requestId,
    ),
  );
  const seconds = (performance.now() - startedAt) / 1_000;
  deps.metrics.requests.observe({ operation: operation.id, status: reply.status }, seconds);
  deps.log.info(
    {
      request_id: exchange.requestId,
      operation: operation.id,
      status: reply.status,
      seconds,
      ip: exchange.address,
    },
    'request',
  );
  const headers = {
    ...reply.headers,
    'x-request-id': exchange.requestId,
    // No script of another origin reads a page, whatever origins call the API: its form carries a secret.
    ...(operation.protocol === 'page' ? {} : corsHeaders(exchange.headers.origin, exchange.environment)),
  };
  const response = new Response(reply.body, { status: reply.status, headers });
  for (const cookie of reply.cookies) response.headers.append('set-cookie', cookie);
  return response;
}

/** The steps, in their order; each may end the request by throwing. */
async function answer(deps: FrameDeps, exchange: Exchange): Promise<Reply> {
  const { operation, context } = exchange;
  const { rateLimiter } = deps;
  const host = hostOf(exchange.headers.host);
  await deps.hostGuard?.(host);
  const limits = limitsOf(operation);
  if (isForeignForm(operation, exchange.headers)) {
    throw forbidden('This form was not sent from our page. Open the page again and send it from there.');
  }
  for (const limit of limits.perAddress) rateLimiter.consume(limit, networkOf(exchange.address));
  refuseForesight(exchange);
  const query = readQuery(exchange.search);
  // A client names itself in the body, and may prove itself there (RFC 6749 2.3.1): it is read before anything else.
  const clientBody = operation.environmentFrom === 'client_id' ? await readBody(context, operation) : null;
  const principal = await findPrincipal(deps, exchange, textField(clientBody?.value, 'client_secret'));
  exchange.environment = await resolveEnvironment(deps.environments, {
    source: operation.environmentFrom,
    principal,
    host,
    pathClientId: exchange.pathClientId,
    clientId: clientIdOf(exchange, query, clientBody),
    objectEnvironmentId: (await operation.locateEnvironment?.(query)) ?? null,
  });
  authorize(operation, principal);
  for (const limit of limits.others) {
    rateLimiter.consume(limit, bucketOf(limit, exchange, principal));
  }
  const body = clientBody ?? (await readBody(context, operation));
  const rawParams = context.req.param();
  refuseNul({ ...rawParams, ...query });
  const input = {
    params: parseInput(operation.params, rawParams),
    query: parseInput(operation.query, query),
    body: parseInput(operation.body, body.value),
    prepared: undefined,
    request: requestFacts(exchange),
  };
  const scope = createScope({
    environment: exchange.environment,
    principal,
    requestId: exchange.requestId,
    now: deps.clock.now(),
  });
  return execute(deps, exchange, { scope, input, body });
}

/** A form that another site sends in somebody's browser. Forms carry a token of ours besides. */
function isForeignForm({ protocol, method }: Operation, headers: IncomingHttpHeaders): boolean {
  if (protocol !== 'page' || method === 'GET') return false;
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site !== 'same-origin' && site !== 'none';
  const { origin, host } = headers;
  // `null` is what browsers send with a referrer policy such as ours.
  if (origin === undefined || origin === 'null') return false;
  return !URL.canParse(origin) || new URL(origin).host !== host;
}

/**
 * A link that changes something is followed by people only: a HEAD request checks a link (RFC 9110 9.3.2: it must not
 * change anything), and a browser that fetches ahead follows links that nobody clicked.
 */
function refuseForesight({ operation, context, headers }: Exchange): void {
  if (operation.method !== 'GET' || operation.isWriting !== true) return;
  if (context.req.raw.method === 'HEAD') {
    throw new ApiError('method_not_allowed', {
      status: 405,
      message: 'This link does something when it is opened, so it answers GET alone.',
      headers: { allow: 'GET' },
    });
  }
  const purpose = [headers['sec-purpose'], headers['purpose'], headers['x-purpose'], headers['x-moz']];
  if (!/\b(?:prefetch|prerender|preview)\b/i.test(purpose.join(' '))) return;
  throw new ApiError('prefetch_refused', {
    status: 403,
    message: 'This link does something when it is opened, so it cannot be fetched ahead. Open it instead.',
  });
}

function clientIdOf(
  { operation, context }: Exchange,
  query: Record<string, unknown>,
  body: ReadBody | null,
): string | null {
  if (operation.environmentFrom === 'path_client_id') return context.req.param('clientId') ?? null;
  return textField(body?.value, 'client_id') ?? textField(query, 'client_id');
}

function requestFacts({ address, headers, search }: Exchange): RequestFacts {
  return {
    address,
    host: headers.host?.toLowerCase() ?? null,
    search,
    origin: headers.origin ?? null,
    hasCookies: headers.cookie !== undefined,
    userAgent: headers['user-agent'] ?? null,
    cookie: (name) => readCookie(headers.cookie, name),
  };
}

function textField(value: unknown, name: string): string | null {
  const field = typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
  return typeof field === 'string' ? field : null;
}

/** @param clientSecret a credential in the body, which goes before the header's: clients send both */
async function findPrincipal(
  deps: FrameDeps,
  exchange: Exchange,
  clientSecret: string | null,
): Promise<Principal> {
  const { principals } = exchange.operation;
  if (principals.every((kind) => kind === 'none')) return nobody;
  if (clientSecret !== null) return authenticateClient(deps.authenticators, clientSecret);
  const bearer = readBearer(exchange.headers.authorization);
  if (bearer === null && principals.includes('none')) return nobody;
  return authenticate(deps.authenticators, bearer);
}

/** Whom a limit counts. Callers without a credential count by themselves: none of them uses up what the keys have. */
function bucketOf({ per }: RateLimit, { environment, address }: Exchange, principal: Principal): string {
  if (per === 'principal') return principal.id;
  const id = environment?.id ?? '';
  return principal.kind === 'none' ? `${id}\n${networkOf(address)}` : id;
}

/** Kind, then permission; another environment's objects are kept away by every statement. */
function authorize(operation: Operation, principal: Principal): void {
  if (!operation.principals.includes(principal.kind)) {
    throw forbidden(`This operation cannot be called with this kind of credential (${principal.kind}).`);
  }
  const { permission } = operation;
  if (permission === null || principal.permissions === 'all' || principal.permissions.has(permission)) return;
  throw forbidden(`This credential lacks the permission ${permission}.`);
}

interface Call {
  scope: Scope;
  input: Input;
  body: ReadBody;
}

async function execute(deps: FrameDeps, exchange: Exchange, call: Call): Promise<Reply> {
  const { operation } = exchange;
  const { scope } = call;
  const check = { mode: deps.responseCheck, log: deps.log, metrics: deps.metrics };
  const reader = createReader(deps.database, scope);
  // A form's answer sets cookies, and whoever has no credential must not be answered what one that had was.
  const isKeyed =
    operation.method === 'POST' && operation.protocol !== 'page' && scope.principal.kind !== 'none';
  const key = isKeyed ? exchange.headers['idempotency-key'] : undefined;
  const preparing = operation.prepare ? operation.prepare(reader, call.input) : Promise.resolve(undefined);
  // A repeat is answered as the first call was, though it cannot be prepared again: its token may be spent by now.
  await (key === undefined ? preparing : Promise.allSettled([preparing]));
  const replyWith = (value: unknown): Reply =>
    value instanceof ApiError
      ? failure(value, operation, exchange.requestId)
      : toReply(operation, value, check);
  const run = async (tx: Reader | Tx): Promise<Reply> =>
    replyWith(await operation.run(tx as never, { ...call.input, prepared: await preparing }));
  if (!operation.isWriting) return unlessHeld(await run(reader), exchange.headers['if-none-match']);
  if (key === undefined) {
    const value = await operation.runAlone?.(reader, { ...call.input, prepared: await preparing });
    return value ? replyWith(value) : inTransaction(deps.database, scope, run);
  }
  const { reply, isReplay } = await runIdempotently(deps, scope, idempotentRequest(exchange, call, key), {
    run: async (tx) => toStoredReply(await run(tx)),
    shapeFailure: (error) => shapeKept(error, operation, exchange.requestId),
  });
  return fromStoredReply(reply, isReplay);
}

function idempotentRequest(exchange: Exchange, call: Call, key: string | string[]): IdempotentRequest {
  if (typeof key !== 'string' || key === '' || key.length > 255) {
    throw invalidField('Idempotency-Key', 'invalid_length', 'An Idempotency-Key has 1 to 255 characters.');
  }
  return {
    owner: exchange.operation.environmentFrom === 'none' ? 'install' : call.scope.environmentId,
    key,
    path: exchange.context.req.path,
    body: call.body.text,
  };
}

/** Refusals that the caller caused are kept with their key; 429 and 5xx are not. */
function shapeKept(error: unknown, operation: Operation, requestId: string): StoredReply | null {
  if (!(error instanceof ApiError) || error.status === 429 || error.status >= 500) return null;
  const { status, headers, body } = failure(error, operation, requestId);
  return { status, contentType: headers['content-type'] ?? '', body: String(body) };
}

function failure(
  error: ApiError,
  operation: Pick<Operation, 'protocol' | 'errors'>,
  requestId: string,
): Reply {
  const named = inDocumentedWords(error, operation);
  const { contentType, body } = shapeError(named, operation.protocol, requestId);
  const headers = { ...named.headers, ...contentHeaders(contentType) };
  return new Reply(named.status, headers, body, named.cookies);
}

/** Anything but an ApiError is our fault: logged whole, answered without a word of it. */
function asApiError(error: unknown, log: Log, of: { requestId: string; operation: string }): ApiError {
  const about = { request_id: of.requestId, operation: of.operation };
  if (error instanceof ApiError) {
    if (error.detail) log.warn({ ...about, code: error.code, detail: error.detail }, 'request refused');
    return error;
  }
  log.error({ ...about, err: error }, 'request failed');
  return new ApiError('internal_error', {
    status: 500,
    message: `Something went wrong on our side. Quote request ${of.requestId} when you report it.`,
  });
}
