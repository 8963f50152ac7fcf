import { randomBytes } from 'node:crypto';
import type { HttpBindings } from '@hono/node-server';
import { type Context, Hono } from 'hono';
import { createIdSequence } from '../../lib/id.ts';
import { type Authenticator, authenticate, readBearer } from '../authenticate.ts';
import type { Clock } from '../clock.ts';
import type { Database } from '../database/database.ts';
import type { Encryption } from '../encryption.ts';
import { type EnvironmentDirectory, resolveEnvironment } from '../environment-directory.ts';
import { ApiError, forbidden, invalidField, shapeError } from '../errors.ts';
import { type StoredReply, runIdempotently } from '../idempotency.ts';
import type { Log } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import type { Input, Operation } from '../operation.ts';
import type { RateLimiter } from '../rate-limit.ts';
import { type Environment, type Principal, type Scope, nobody } from '../scope.ts';
import { createReader, createScope, inTransaction } from '../transaction.ts';
import { type AddressReader, hostOf } from './address.ts';
import { answerPreflight, corsHeaders } from './cors.ts';
import { type ReadBody, parseInput, readBody, readQuery, refuseNul } from './input.ts';
import { limitsOf } from './limits.ts';
import { type ResponseCheck, isReply, toStoredReply } from './reply.ts';

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
  responseCheck: ResponseCheck['mode'];
}

type FrameContext = Context<{ Bindings: HttpBindings }>;

/** One request on its way through the steps that no handler can forget. */
interface Exchange {
  context: FrameContext;
  operation: Operation;
  url: URL;
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
  app.options('*', (context) => answerPreflight(deps.environments, context));
  app.notFound((context) => {
    const error = new ApiError('not_found', {
      status: 404,
      message: `Nothing answers ${context.req.method} ${context.req.path}. The operations are listed at /openapi.json.`,
    });
    return failure(error, 'api', newRequestId());
  });
  return app;
}

function routedPath(request: Request): string {
  const start = request.url.indexOf('/', request.url.indexOf('://') + 3);
  const end = request.url.indexOf('?', start);
  const path = end === -1 ? request.url.slice(start) : request.url.slice(start, end);
  return prefixPattern.exec(path)?.[2] ?? path;
}

const newRequestId = (): string => createIdSequence(Date.now(), randomBytes(16))('req');

async function serve(deps: FrameDeps, operation: Operation, context: FrameContext): Promise<Response> {
  const startedAt = performance.now();
  const url = new URL(context.req.raw.url);
  const requestId = newRequestId();
  const exchange: Exchange = {
    context,
    operation,
    url,
    requestId,
    address: deps.readAddress(context.env.incoming, context.req.raw.headers),
    pathClientId: prefixPattern.exec(url.pathname)?.[1] ?? null,
    environment: null,
  };
  let response: Response;
  try {
    response = await answer(deps, exchange);
  } catch (error) {
    response = failure(asApiError(error, deps.log, exchange), operation.protocol, requestId);
  }
  response.headers.set('x-request-id', requestId);
  for (const [name, value] of corsHeaders(context.req.header('origin'), exchange.environment)) {
    response.headers.append(name, value);
  }
  const seconds = (performance.now() - startedAt) / 1_000;
  deps.metrics.requests.observe({ operation: operation.id, status: response.status }, seconds);
  deps.log.info(
    {
      request_id: requestId,
      operation: operation.id,
      status: response.status,
      seconds,
      ip: exchange.address,
    },
    'request',
  );
  return response;
}

async function answer(deps: FrameDeps, exchange: Exchange): Promise<Response> {
  const { operation, context } = exchange;
  const { rateLimiter } = deps;
  const limits = limitsOf(operation);
  for (const limit of limits.filter(({ per }) => per === 'ip')) rateLimiter.consume(limit, exchange.address);
  const query = readQuery(exchange.url.searchParams);
  const principal = await findPrincipal(deps, exchange);
  const environment = await resolveEnvironment(deps.environments, {
    source: operation.environmentFrom,
    principal,
    host: hostOf(exchange.context.req.header('host')),
    pathClientId: exchange.pathClientId,
    clientId: typeof query['client_id'] === 'string' ? query['client_id'] : null,
  });
  exchange.environment = environment;
  authorize(operation, principal);
  for (const limit of limits.filter(({ per }) => per !== 'ip')) {
    rateLimiter.consume(limit, (limit.per === 'principal' ? principal.id : environment?.id) ?? '');
  }
  const scope = createScope({
    environment,
    principal,
    requestId: exchange.requestId,
    now: deps.clock.now(),
  });
  const body = await readBody(context, operation);
  const rawParams = context.req.param();
  refuseNul({ ...rawParams, ...query });
  const input = {
    params: parseInput(operation.params, rawParams),
    query: parseInput(operation.query, query),
    body: operation.accepts === 'bytes' ? body.value : parseInput(operation.body, body.value),
    prepared: undefined,
  };
  return execute(deps, exchange, { scope, input, body });
}

async function findPrincipal(deps: FrameDeps, exchange: Exchange): Promise<Principal> {
  const { principals } = exchange.operation;
  if (principals.every((kind) => kind === 'none')) return nobody;
  const bearer = readBearer(exchange.context.req.header('authorization'));
  if (bearer === null && principals.includes('none')) return nobody;
  return authenticate(deps.authenticators, bearer);
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

async function execute(deps: FrameDeps, exchange: Exchange, call: Call): Promise<Response> {
  const { operation, context } = exchange;
  const { scope } = call;
  const check = { mode: deps.responseCheck, log: deps.log, metrics: deps.metrics };
  const reader = createReader(deps.database, scope);
  const prepared = operation.prepare ? await operation.prepare(reader, call.input) : undefined;
  const input = { ...call.input, prepared };
  if (operation.method === 'GET') {
    return respond(await operation.run(reader as never, input), operation, check);
  }
  const key = operation.method === 'POST' ? context.req.header('idempotency-key') : undefined;
  if (key === undefined) {
    const value = await inTransaction(deps.database, scope, (tx) => operation.run(tx as never, input));
    return respond(value, operation, check);
  }
  if (key === '' || key.length > 255) {
    throw invalidField('Idempotency-Key', 'invalid_length', 'An Idempotency-Key has 1 to 255 characters.');
  }
  const { reply, isReplay } = await runIdempotently(
    deps,
    scope,
    {
      owner: operation.environmentFrom === 'none' ? 'install' : scope.environmentId,
      key,
      path: `${exchange.pathClientId ?? ''}${context.req.path}`,
      body: call.body.text,
    },
    {
      run: async (tx) => toStoredReply(operation, await operation.run(tx as never, input), check),
      shapeFailure: (error) => shapeKept(error, operation, exchange.requestId),
    },
  );
  const response = send(reply);
  if (isReplay) response.headers.set('idempotent-replayed', 'true');
  return response;
}

/** Refusals that the caller caused are kept with their key; 429 and 5xx are not. */
function shapeKept(error: unknown, operation: Operation, requestId: string): StoredReply | null {
  if (!(error instanceof ApiError) || error.status === 429 || error.status >= 500) return null;
  const { contentType, body } = shapeError(error, operation.protocol, requestId);
  return { status: error.status, contentType, body };
}

function respond(value: unknown, operation: Operation, check: ResponseCheck): Response {
  if (isReply(value)) return new Response(value.body, { status: value.status, headers: value.headers });
  return send(toStoredReply(operation, value, check));
}

function send(reply: StoredReply): Response {
  if (reply.body === '') return new Response(null, { status: reply.status });
  return new Response(reply.body, { status: reply.status, headers: { 'content-type': reply.contentType } });
}

function failure(error: ApiError, protocol: Operation['protocol'], requestId: string): Response {
  const { contentType, body } = shapeError(error, protocol, requestId);
  return new Response(body, {
    status: error.status,
    headers: { ...error.headers, 'content-type': contentType, 'x-request-id': requestId },
  });
}

/** Anything but an ApiError is our fault: logged whole, answered without a word of it. */
function asApiError(error: unknown, log: Log, exchange: Exchange): ApiError {
  const about = { request_id: exchange.requestId, operation: exchange.operation.id };
  if (error instanceof ApiError) {
    if (error.detail) log.warn({ ...about, code: error.code, detail: error.detail }, 'request refused');
    return error;
  }
  log.error({ ...about, err: error }, 'request failed');
  return new ApiError('internal_error', {
    status: 500,
    message: `Something went wrong on our side. Quote request ${exchange.requestId} when you report it.`,
  });
}
