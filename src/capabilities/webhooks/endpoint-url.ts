import { ApiError } from '../../platform/errors.ts';
import type { OutboundFetch } from '../../platform/outbound-fetch/index.ts';

export interface UrlDeps {
  outbound: OutboundFetch;
  /** Development, and tests of production on a loopback address. */
  isHttpAllowed: boolean;
}

const longestUrl = 2_000;

const invalidUrl = (message: string): ApiError => new ApiError('invalid_url', { status: 422, message });

/**
 * Judges where events are to be sent, before a transaction is opened: a name may have to be resolved.
 * @returns the URL as it is stored: in the spelling of the WHATWG parser, without its fragment
 * @throws ApiError 422 `invalid_url`
 */
export async function checkEndpointUrl(
  { outbound, isHttpAllowed }: UrlDeps,
  text: string | undefined,
): Promise<string | undefined> {
  if (text === undefined) return undefined;
  if (text.length > longestUrl) throw invalidUrl(`An endpoint's URL has at most ${longestUrl} characters.`);
  const checked = await outbound.checkUrl(text);
  if (!checked.ok) throw invalidUrl(checked.error.message);
  if (checked.value.protocol !== 'https:' && !isHttpAllowed) {
    throw invalidUrl('Events are sent to https:// addresses only.');
  }
  if (checked.value.href.length > longestUrl) {
    throw invalidUrl(`An endpoint's URL has at most ${longestUrl} characters when written in ASCII.`);
  }
  return checked.value.href;
}
