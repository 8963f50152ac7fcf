import type { OutboundFetch } from '../../platform/outbound-fetch/index.ts';
import type { SigningRow } from './store.ts';

/** What was seen of the database before the network is looked at. */
export interface Looked {
  state: 'reached' | 'not running' | 'unusable';
  signers: readonly SigningRow[];
}

const timeoutMs = 5_000;

/**
 * Who answers at an address: this installation, as its keys tell, another, or a Doorwright that cannot be told from
 * ours while nothing was signed yet.
 * @throws OutboundError when nobody does
 */
export async function whoAnswers(
  http: OutboundFetch,
  base: string,
  [signer]: readonly SigningRow[],
): Promise<'ours' | 'other' | 'doorwright' | 'stranger'> {
  const { headers, body } = await http.fetch(`${base}/health`, { timeoutMs });
  if (!isHealth(headers, body)) return 'stranger';
  if (!signer) return 'doorwright';
  const keys = await http.fetch(`${base}/sso/jwks/${signer.client_id}`, { timeoutMs });
  return keys.body.includes(signer.kid) ? 'ours' : 'other';
}

/** What Doorwright answers at `/health`: a status, under a request id. */
function isHealth(headers: Readonly<Record<string, string>>, body: Buffer): boolean {
  if (headers['x-request-id'] === undefined) return false;
  try {
    const { status } = JSON.parse(body.toString()) as { status?: unknown };
    return typeof status === 'string';
  } catch {
    return false;
  }
}
