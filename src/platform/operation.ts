import type { z } from 'zod';
import type { Protocol } from './errors.ts';
import type { PrincipalKind, Reader } from './scope.ts';
import type { Tx } from './transaction.ts';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/**
 * Where the environment of a request comes from (DESIGN 4b). `client_id`: the client names itself in body or query.
 * `path_client_id`: the path parameter `clientId` names it, whatever the host. `object`: that of the object which the
 * query names, by `locateEnvironment`. `none`: the operation belongs to the installation.
 */
export type EnvironmentSource =
  'principal' | 'client_id' | 'path_client_id' | 'host' | 'path' | 'object' | 'none';

export interface RateLimit {
  name: string;
  limit: number;
  windowSeconds: number;
  per: 'ip' | 'principal' | 'environment';
}

/** A reply other than one JSON object: a page, a redirect, a stream or a file. */
export class Reply {
  constructor(
    readonly status: number,
    readonly headers: Readonly<Record<string, string>>,
    readonly body: string | Uint8Array | ReadableStream<Uint8Array> | null,
    /** As `Set-Cookie` takes them, each a header of its own. */
    readonly cookies: readonly string[] = [],
  ) {}
}

/** A value of the declared schema, answered with cookies. */
export class Answer {
  constructor(
    readonly value: unknown,
    /** As `Set-Cookie` takes them, each a header of its own. */
    readonly cookies: readonly string[],
  ) {}
}

/** Sends the browser elsewhere; 303 after a POST that must not be repeated. No cache answers in our place. */
export const redirect = (location: string, status: 302 | 303 = 302, cookies: readonly string[] = []): Reply =>
  new Reply(status, { location, 'cache-control': 'no-store' }, null, cookies);

/** A body that is sent while it is made: server-sent events, exports. */
export const stream = (contentType: string, body: ReadableStream<Uint8Array>): Reply =>
  new Reply(200, { 'content-type': contentType, 'cache-control': 'no-store' }, body);

/** What a success answers: a schema for JSON, null for no body, a content type for anything else. */
export type Returns = Readonly<Record<number, z.ZodType | null | string>>;

/** What an operation may know of the request beside its declared input. */
export interface RequestFacts {
  /** Where it came from, as far as proxies are trusted. */
  readonly address: string;
  readonly userAgent: string | null;
  /** Host and port that the client named, in lower case. */
  readonly host: string | null;
  /** The query string with its `?`, or nothing. */
  readonly search: string;
  /** Of the page whose script sent it, as the browser says; null from anything else. */
  readonly origin: string | null;
  /** True when cookies came along: a script asked its browser to send them. */
  readonly hasCookies: boolean;
  /** The value of one cookie. */
  cookie(name: string): string | null;
}

export interface Input<Params = unknown, Query = unknown, Body = unknown, Prepared = unknown> {
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  readonly prepared: Prepared;
  readonly request: RequestFacts;
}

/** An error that the operation documents. */
export interface DeclaredError {
  status: number;
  code: string;
  when: string;
  /** Where it has another shape than the rest of its operation's, as `oauthError` makes one. */
  protocol?: Protocol;
  /** The body, where it differs from the general shape of its protocol. */
  schema?: z.ZodType;
}

interface Declaration {
  /** `organizations.create`: the slice and the verb. */
  id: string;
  summary: string;
  path: string;
  /** Other documented spellings of the path. */
  aliases?: readonly string[];
  protocol: Protocol;
  principals: readonly PrincipalKind[];
  environmentFrom: EnvironmentSource;
  /** For `object`: the id of the environment of what the query names, or null when there is no such thing. */
  locateEnvironment?: (query: Readonly<Record<string, string | string[]>>) => Promise<string | null>;
  /** `noun:verb`, or null when the principal's kind says enough. */
  permission: string | null;
  /** What the body is: JSON by default, a form (`application/x-www-form-urlencoded`), either, or bytes as they come. */
  accepts?: 'json' | 'form' | 'json_or_form' | 'bytes';
  /** Bytes; 256 kB by default. */
  bodyLimit?: number;
  rateLimits?: readonly RateLimit[];
  returns: Returns;
  errors?: readonly DeclaredError[];
  /** Exists in development mode only. */
  isDevelopmentOnly?: boolean;
  /**
   * True for a GET that changes state, such as a link that signs out: it runs in a transaction, and neither HEAD nor a
   * browser that fetches ahead is answered.
   */
  isWriting?: boolean;
}

/** An operation as the frame, the router and the OpenAPI document see it: a plain value. */
export interface Operation extends Declaration {
  readonly method: Method;
  readonly params: z.ZodType | null;
  readonly query: z.ZodType | null;
  readonly body: z.ZodType | null;
  readonly prepare: ((reader: Reader, input: Input) => Promise<unknown>) | null;
  readonly runAlone: ((reader: Reader, input: Input) => Promise<unknown>) | null;
  readonly run: (tx: never, input: Input) => Promise<unknown>;
}

type Infer<Schema> = Schema extends z.ZodType ? z.output<Schema> : undefined;

interface Spec<Verb extends Method, Params, Query, Body, Prepared, Writing> extends Omit<
  Declaration,
  'isWriting'
> {
  method: Verb;
  params?: Params;
  query?: Query;
  body?: Body;
  /** Slow or outbound work, before the transaction is opened. */
  prepare?: (
    reader: Reader,
    input: Input<Infer<Params>, Infer<Query>, Infer<Body>, undefined>,
  ) => Promise<Prepared>;
  isWriting?: Writing;
  /**
   * The same as `run` for the usual case, where that takes one statement and nothing else has to commit with it: no
   * event, no stored reply. It has no transaction; null when the case is another, which `run` then decides from what is
   * there.
   */
  runAlone?: (
    reader: Reader,
    input: Input<Infer<Params>, Infer<Query>, Infer<Body>, Prepared>,
  ) => Promise<NonNullable<unknown> | null>;
  /**
   * One call into the slice. A GET reads; every other method runs in the transaction that the frame opened. What is
   * thrown undoes everything; a refusal that must keep what was written (a counted attempt, an event) is returned.
   */
  run: (
    tx: Verb extends 'GET' ? (Writing extends true ? Tx : Reader) : Tx,
    input: Input<Infer<Params>, Infer<Query>, Infer<Body>, Prepared>,
  ) => Promise<unknown>;
}

/** Declares an operation. Its types are checked here and erased, so no type ever spans two slices. */
export function operation<
  const Verb extends Method,
  Params extends z.ZodType | undefined = undefined,
  Query extends z.ZodType | undefined = undefined,
  Body extends z.ZodType | undefined = undefined,
  Prepared = undefined,
  const Writing extends boolean = false,
>(spec: Spec<Verb, Params, Query, Body, Prepared, Writing>): Operation {
  return {
    ...spec,
    isWriting: spec.method !== 'GET' || spec.isWriting === true,
    params: spec.params ?? null,
    query: spec.query ?? null,
    body: spec.body ?? null,
    prepare: (spec.prepare as Operation['prepare']) ?? null,
    runAlone: (spec.runAlone as Operation['runAlone']) ?? null,
    run: spec.run as Operation['run'],
  };
}

/** How most operations are called: with a key of the environment, or an install key that names it in the path. */
export const byKey = {
  protocol: 'api',
  principals: ['api_key', 'install'],
  environmentFrom: 'principal',
} as const;

/** How operations of the installation are called. */
export const byInstallKey = { protocol: 'api', principals: ['install'], environmentFrom: 'none' } as const;

/** The 404 of an operation that names an object by id. */
export const unknownId = (noun: string): DeclaredError => ({
  status: 404,
  code: 'entity_not_found',
  when: `There is no such ${noun} in this environment.`,
});

/** The status that a plain return value of `run` is answered with: the first success that is declared. */
export function successStatus(operation: Operation): number {
  const status = Object.keys(operation.returns)
    .map(Number)
    .find((declared) => declared < 300);
  return status ?? 200;
}
