import { z } from 'zod';
import type { StoredReply } from '../idempotency.ts';
import type { Log } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import { type Operation, Reply, successStatus } from '../operation.ts';

export interface ResponseCheck {
  /** `always` fails the request on a mismatch; `sample` checks one in fifty and counts. */
  mode: 'always' | 'sample';
  log: Log;
  metrics: Metrics;
}

const sampleEvery = 50;
let answered = 0;

/** Makes a plain return value of `run` the reply that its operation declares. */
export function toStoredReply(operation: Operation, value: unknown, check: ResponseCheck): StoredReply {
  const status = successStatus(operation);
  const schema = operation.returns[status];
  if (schema === null || schema === undefined) return { status, contentType: '', body: '' };
  if (schema instanceof z.ZodType) checkResponse(operation, { schema, value }, check);
  return { status, contentType: 'application/json', body: JSON.stringify(value) };
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

/** True for a page, redirect, stream or file; false for a value that becomes JSON. */
export function isReply(value: unknown): value is Reply {
  return value instanceof Reply;
}

/**
 * The response that a reply asks for, or 304 when the caller holds the same already (RFC 9110 13.1.2).
 * @param ifNoneMatch the request's header of that name
 */
export function toResponse(reply: Reply, ifNoneMatch: string | undefined): Response {
  const { status, headers, body } = reply;
  if (!isHeld(headers['etag'], ifNoneMatch)) return new Response(body, { status, headers });
  const { 'content-type': _, ...kept } = headers;
  return new Response(null, { status: 304, headers: kept });
}

function isHeld(etag: string | undefined, ifNoneMatch: string | undefined): boolean {
  if (etag === undefined || ifNoneMatch === undefined) return false;
  const held = new Set(ifNoneMatch.split(',').map((tag) => tag.trim().replace(/^W\//, '')));
  return held.has(etag) || held.has('*');
}
