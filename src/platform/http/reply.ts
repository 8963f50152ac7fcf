import { z } from 'zod';
import type { StoredReply } from '../idempotency.ts';
import type { Log } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import { Answer, type Operation, Reply, successStatus } from '../operation.ts';
import { contentHeaders } from './page.ts';

export interface ResponseCheck {
  /** `always` fails the request on a mismatch; `sample` checks one in fifty and counts. */
  mode: 'always' | 'sample';
  log: Log;
  metrics: Metrics;
}

const sampleEvery = 50;
let answered = 0;

/**
 * Makes what `run` returned the reply that its operation declares: a value becomes JSON, a `Reply` stays.
 * @throws in `always` mode when the value is not what the operation declares
 */
export function toReply(operation: Operation, value: unknown, check: ResponseCheck): Reply {
  if (value instanceof Reply) return value;
  if (value instanceof Answer) {
    const { status, headers, body } = toReply(operation, value.value, check);
    return new Reply(status, headers, body, value.cookies);
  }
  const status = successStatus(operation);
  const schema = operation.returns[status];
  if (schema === null || schema === undefined) return new Reply(status, {}, null);
  if (schema instanceof z.ZodType) checkResponse(operation, { schema, value }, check);
  return new Reply(status, jsonHeaders, JSON.stringify(value));
}

const jsonHeaders = contentHeaders('application/json');

/**
 * What is kept of a reply for an Idempotency-Key.
 * @throws for a stream or file, which a POST with a key cannot answer
 */
export function toStoredReply(reply: Reply): StoredReply {
  if (reply.body !== null && typeof reply.body !== 'string') throw new Error('only text can be replayed');
  return { status: reply.status, contentType: reply.headers['content-type'] ?? '', body: reply.body ?? '' };
}

/** The reply of the first request, marked when this is not it. */
export function fromStoredReply(stored: StoredReply, isReplay: boolean): Reply {
  const headers = {
    ...(stored.contentType ? contentHeaders(stored.contentType) : {}),
    ...(isReplay ? { 'idempotent-replayed': 'true' } : {}),
  };
  return new Reply(stored.status, headers, stored.body || null);
}

function checkResponse(
  operation: Operation,
  response: { schema: z.ZodType; value: unknown },
  check: ResponseCheck,
): void {
  answered += 1;
  if (check.mode === 'sample' && answered % sampleEvery !== 0) return;
  const result = response.schema.safeParse(response.value);
  if (result.success) return;
  check.metrics.responseMismatches.inc({ operation: operation.id });
  check.log.error(
    { operation: operation.id, issues: result.error.issues },
    'response does not match its schema',
  );
  if (check.mode === 'always')
    throw new Error(`response of ${operation.id}: ${z.prettifyError(result.error)}`);
}

/**
 * The reply, or 304 when the caller holds the same already (RFC 9110 13.1.2).
 * @param ifNoneMatch the request's header of that name
 */
export function unlessHeld(reply: Reply, ifNoneMatch: string | undefined): Reply {
  if (!isHeld(reply.headers['etag'], ifNoneMatch)) return reply;
  const { 'content-type': _, ...kept } = reply.headers;
  return new Reply(304, kept, null);
}

function isHeld(etag: string | undefined, ifNoneMatch: string | undefined): boolean {
  if (etag === undefined || ifNoneMatch === undefined) return false;
  const held = new Set(ifNoneMatch.split(',').map((tag) => tag.trim().replace(/^W\//, '')));
  return held.has(etag) || held.has('*');
}
