import { createHmac } from 'node:crypto';
import { createIdSequence } from '../../lib/id.ts';
import type { Clock } from '../../platform/clock.ts';
import { OutboundError, type OutboundFetch } from '../../platform/outbound-fetch/index.ts';
import { randomSeed } from '../../platform/random.ts';
import { writeSignatureHeader } from '../../protocols/webhook-signature/index.ts';
import type { ListedEvent } from './api.ts';

/** How the application took an event. */
export interface Forwarded {
  time: string;
  event: string;
  id: string;
  /** Null when there was no answer. */
  status: number | null;
  ms: number;
  /** Why it does not count as delivered. */
  error: string | null;
}

export interface Target {
  url: string;
  secret: string;
  http: OutboundFetch;
  clock: Clock;
  /** Events so far: each has the next number. */
  sent: number;
}

const timeoutMs = 10_000;

/** The secret of a listener: the same for a key each time, so that the application is configured once. */
export const secretFor = (apiKey: string): string =>
  `whsec_${createHmac('sha256', apiKey).update('doorwright listen').digest('base64url')}`;

/** Sends one event to the application as a webhook endpoint is sent it. Never throws: a failure is an answer too. */
export async function forwardEvent(target: Target, event: ListedEvent): Promise<Forwarded> {
  const { url, secret, http, clock } = target;
  const body = event.text;
  const at = clock.now();
  const newId = createIdSequence(at.getTime(), randomSeed());
  const startedAtMs = performance.now();
  const outcome = (status: number | null, error: string | null): Forwarded => ({
    time: at.toISOString(),
    event: event.event,
    id: event.id,
    status,
    ms: Math.round(performance.now() - startedAtMs),
    error,
  });
  try {
    const { status } = await http.fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json; charset=utf-8',
        'user-agent': 'Doorwright-Webhooks',
        'WorkOS-Signature': writeSignatureHeader(body, [secret], at.getTime()),
        'Doorwright-Signature': writeSignatureHeader(body, [secret], at.getTime()),
        'Doorwright-Event-Id': event.id,
        'Doorwright-Delivery-Id': newId('webhook_delivery'),
        'Doorwright-Delivery-Attempt': '1',
        'Doorwright-Endpoint-Sequence': String((target.sent += 1)),
      },
      body,
      timeoutMs,
      maxResponseBytes: 16 * 1024 * 1024,
    });
    return outcome(status, faultOf(status));
  } catch (error) {
    if (!(error instanceof OutboundError)) throw error;
    return outcome(null, error.message);
  }
}

function faultOf(status: number): string | null {
  if (status >= 200 && status < 300) return null;
  return status >= 300 && status < 400 ? 'Redirects are not followed.' : 'Not delivered.';
}
