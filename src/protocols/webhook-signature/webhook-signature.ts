import { createHmac, timingSafeEqual } from 'node:crypto';
import { type Result, err, ok } from '../../lib/result.ts';

/** Why a signed message is refused. */
export type SignatureFault = 'malformed' | 'too_old' | 'mismatch';

/** What a signature is made over: when it was made, a dot, and the body byte by byte. */
const signedText = (timestampMs: number, body: string): string => `${timestampMs}.${body}`;

/**
 * Signs a message: HMAC-SHA256 in lower-case hexadecimal.
 * @param timestampMs milliseconds since the epoch; it is signed too, so that an old message cannot pass for a new one
 */
export function signWebhook(body: string, secret: string, timestampMs: number): string {
  return createHmac('sha256', secret).update(signedText(timestampMs, body)).digest('hex');
}

/**
 * Writes the header value: `t=<ms>, v1=<hex>`, with one `v1` for each secret. Clients of the WorkOS API read the first
 * two parts, and some refuse a third.
 */
export function writeSignatureHeader(body: string, secrets: readonly string[], timestampMs: number): string {
  const signatures = secrets.map((secret) => `v1=${signWebhook(body, secret, timestampMs)}`);
  return [`t=${timestampMs}`, ...signatures].join(', ');
}

const partPattern = /^(t|v1)=([0-9a-f]{1,128})$/;

/**
 * Judges a message by its signature header, in a time that does not depend on where signatures differ.
 * @param check.secrets any of which may have signed
 * @param check.nowMs milliseconds since the epoch
 * @param check.toleranceMs how old a message may be; one from the future is accepted, as clocks differ
 * @returns the time of signing in milliseconds, or the fault
 */
export function verifyWebhook(
  header: string,
  body: string,
  check: { secrets: readonly string[]; nowMs: number; toleranceMs: number },
): Result<number, SignatureFault> {
  const parts = header.split(',').map((part) => partPattern.exec(part.trim()));
  const valuesOf = (name: string) => parts.flatMap((part) => (part?.[1] === name ? [part[2] ?? ''] : []));
  const [timestamp, ...others] = valuesOf('t');
  const signatures = valuesOf('v1');
  const isWhole = timestamp !== undefined && others.length === 0 && /^\d{1,16}$/.test(timestamp);
  if (!isWhole || signatures.length === 0) return err('malformed');
  const timestampMs = Number(timestamp);
  const expected = check.secrets.map((secret) => signWebhook(body, secret, timestampMs));
  const isSigned = signatures.some((signature) => expected.some((own) => isSameText(own, signature)));
  if (!isSigned) return err('mismatch');
  return timestampMs < check.nowMs - check.toleranceMs ? err('too_old') : ok(timestampMs);
}

function isSameText(a: string, b: string): boolean {
  return a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));
}
