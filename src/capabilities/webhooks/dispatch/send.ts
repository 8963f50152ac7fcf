import type { Clock } from '../../../platform/clock.ts';
import { type Encryption, EncryptionError } from '../../../platform/encryption.ts';
import {
  OutboundError,
  type OutboundFetch,
  type OutboundResponse,
} from '../../../platform/outbound-fetch/index.ts';
import { writeSignatureHeader } from '../../../protocols/webhook-signature/index.ts';
import { toEnvelope } from '../../events/index.ts';
import type { DeliveryAttempt } from '../deliveries/contract.ts';
import { openSecrets } from '../secrets.ts';
import { readRetryAfter } from './schedule.ts';
import type { ClaimedDelivery } from './store.ts';

export interface SendDeps {
  outbound: OutboundFetch;
  encryption: Encryption;
  clock: Clock;
  newId(prefix: string): string;
}

export interface Sent {
  isSuccess: boolean;
  /** True when there is nothing left to send: no further try helps, and the receiver had no part in it. */
  isGone: boolean;
  /** Usually one; two while both secrets are good and the first was refused. */
  attempts: DeliveryAttempt[];
  retryAfterSeconds: number | null;
}

/** For everything that is sent of one delivery at a time. */
const timeoutMs = 10_000;
/** Of an answer; what comes behind is not read. */
const mostBytes = 16 * 1_024;
const headCharacters = 1_024;

/** The body, which is what `GET /events` answers for the event: the same bytes at every try. Null when the event is gone. */
export function writeBody(delivery: ClaimedDelivery): string | null {
  const { event_id: id, event_type: event, event_created_at: created_at, content } = delivery;
  return content && JSON.stringify(toEnvelope({ id, event, created_at, ...content }));
}

/** Makes one try of a delivery. */
export async function sendDelivery(
  deps: SendDeps,
  delivery: ClaimedDelivery,
  body: string | null,
): Promise<Sent> {
  if (body === null)
    return { ...unsent(deps, 'The event is gone: events are kept for 90 days.'), isGone: true };
  const secrets = readSecrets(deps, delivery);
  if (secrets === null)
    return unsent(deps, 'The secret cannot be opened: the master key that sealed it is missing.');
  const attempts: DeliveryAttempt[] = [];
  const deadlineMs = performance.now() + timeoutMs;
  let retryAfterSeconds: number | null = null;
  for (const signer of signersOf(secrets, delivery.tries)) {
    const remainingMs = Math.ceil(deadlineMs - performance.now());
    if (remainingMs <= 0) break;
    const { attempt, response } = await sendOnce(deps, delivery, { body, secrets, signer, remainingMs });
    attempts.push(attempt);
    retryAfterSeconds = readRetryAfter(response?.headers['retry-after'], deps.clock.now());
    if (response && response.status >= 200 && response.status < 300)
      return { isSuccess: true, isGone: false, attempts, retryAfterSeconds };
    if (!response || !isRefusal(response.status)) break;
  }
  return { isSuccess: false, isGone: false, attempts, retryAfterSeconds };
}

/** What receivers answer to a signature that they cannot verify. */
const isRefusal = (status: number): boolean => [400, 401, 403].includes(status);

/**
 * The secrets in the order in which they sign the header that holds one signature. While two are good, a receiver may
 * know either: the older is first, the newer follows a refusal; every second try it is the other way round.
 */
function signersOf(secrets: readonly [string, ...string[]], tries: number): readonly string[] {
  return tries % 2 === 0 ? secrets.toReversed() : secrets;
}

async function sendOnce(
  { outbound, clock, newId }: SendDeps,
  delivery: ClaimedDelivery,
  message: { body: string; secrets: readonly string[]; signer: string; remainingMs: number },
): Promise<{ attempt: DeliveryAttempt; response: OutboundResponse | null }> {
  const { body, secrets, signer, remainingMs } = message;
  const at = clock.now();
  const startedAtMs = performance.now();
  const attempt = { id: newId('webhook_attempt'), at: at.toISOString() };
  const durationMs = () => Math.round(performance.now() - startedAtMs);
  try {
    const response = await outbound.fetch(delivery.endpoint_url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json; charset=utf-8',
        'user-agent': 'Doorwright-Webhooks',
        'WorkOS-Signature': writeSignatureHeader(body, [signer], at.getTime()),
        'Doorwright-Signature': writeSignatureHeader(body, secrets, at.getTime()),
        'Doorwright-Event-Id': delivery.event_id,
        'Doorwright-Delivery-Id': delivery.id,
        'Doorwright-Delivery-Attempt': String(delivery.tries + 1),
        'Doorwright-Endpoint-Sequence': String(delivery.sequence),
      },
      body,
      timeoutMs: remainingMs,
      maxResponseBytes: mostBytes,
      isCutWhenLarger: true,
    });
    const { status } = response;
    return {
      attempt: {
        ...attempt,
        duration_ms: durationMs(),
        status,
        response_head: headOf(response),
        error: status >= 300 && status < 400 ? 'The endpoint redirected: redirects are not followed.' : null,
      },
      response,
    };
  } catch (error) {
    if (!(error instanceof OutboundError)) throw error;
    const failed = { duration_ms: durationMs(), status: null, response_head: null, error: error.message };
    return { attempt: { ...attempt, ...failed }, response: null };
  }
}

/** The answer's beginning as text that can be stored: no NUL, no half of a character. */
function headOf({ body }: OutboundResponse): string {
  return body.toString('utf8').replaceAll('\0', '\uFFFD').slice(0, headCharacters).toWellFormed();
}

function readSecrets(
  { encryption, clock }: SendDeps,
  delivery: ClaimedDelivery,
): [string, ...string[]] | null {
  try {
    return openSecrets(encryption, { ...delivery, id: delivery.endpoint_id }, clock.now());
  } catch (error) {
    if (error instanceof EncryptionError) return null;
    throw error;
  }
}

/** What there is to tell of a try that made no request. */
function unsent({ clock, newId }: SendDeps, error: string): Sent {
  const attempt = {
    id: newId('webhook_attempt'),
    at: clock.now().toISOString(),
    duration_ms: 0,
    status: null,
    response_head: null,
    error,
  };
  return { isSuccess: false, isGone: false, attempts: [attempt], retryAfterSeconds: null };
}
