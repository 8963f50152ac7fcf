import { z } from 'zod';
import {
  OutboundError,
  type OutboundFetch,
  type OutboundResponse,
} from '../../platform/outbound-fetch/index.ts';

/** An event as `GET /events` answers it. */
export interface ListedEvent {
  id: string;
  event: string;
  /** As it came, byte by byte: a schema that parses puts fields into another order. */
  text: string;
}

const Page = z.object({ data: z.array(z.looseObject({ id: z.string(), event: z.string() })) });
const Refusal = z.object({
  message: z.string(),
  errors: z.array(z.object({ field: z.string().optional(), message: z.string() })).optional(),
});

/** The server cannot answer now; asking again may help. */
export class AwayError extends Error {}

/** The server knows no event of the id that was asked for. */
export class UnknownEventError extends Error {}

export interface ServerAddress {
  url: string;
  apiKey: string;
}

export type ReadEvents = (query: Readonly<Record<string, string>>) => Promise<readonly ListedEvent[]>;

/**
 * Makes a reader of `GET /events`.
 * @throws AwayError, UnknownEventError, or an Error that asking again does not change
 */
export function createEventReader(http: OutboundFetch, { url, apiKey }: ServerAddress): ReadEvents {
  return async (query) => {
    const path = `/events?${new URLSearchParams(query).toString()}`;
    const response = await ask(http, url + path, apiKey);
    if (response.status === 200) return readPage(response, url);
    throw refusalOf(response, url, query['after'] ?? query['before']);
  };
}

async function ask(http: OutboundFetch, url: string, apiKey: string): Promise<OutboundResponse> {
  try {
    return await http.fetch(url, {
      headers: { authorization: `Bearer ${apiKey}`, accept: 'application/json' },
      maxResponseBytes: 64 * 1024 * 1024,
    });
  } catch (error) {
    if (!(error instanceof OutboundError) || error.code === 'invalid_url') throw error;
    throw new AwayError(error.message);
  }
}

function readPage(response: OutboundResponse, url: string): readonly ListedEvent[] {
  const answered = parseJson(response);
  const page = Page.safeParse(answered);
  if (!page.success) throw new Error(`${url} does not answer as Doorwright does. Is --url right?`);
  const { data } = answered as { data: object[] };
  return page.data.data.map(({ id, event }, index) => ({ id, event, text: JSON.stringify(data[index]) }));
}

function refusalOf(response: OutboundResponse, url: string, cursor: string | undefined): Error {
  const { status } = response;
  const refusal = Refusal.safeParse(parseJson(response)).data;
  const reasons = refusal?.errors?.map(({ message }) => message) ?? [];
  const words = reasons.length > 0 ? reasons.join(' ') : (refusal?.message ?? '');
  if (status === 429 || status >= 500) return new AwayError(`${url} answers ${status}. ${words}`.trim());
  if (status === 401 || status === 403) {
    return new Error(
      `${url} refuses the API key (${status}). Give a key of the environment with --api-key or WORKOS_API_KEY.`,
    );
  }
  const isCursor = refusal?.errors?.some(({ field }) => field === 'after' || field === 'before') ?? false;
  if (status === 422 && isCursor) {
    return new UnknownEventError(
      `There is no event ${cursor} at ${url}. Events belong to an environment, and are kept for 90 days.`,
    );
  }
  return new Error(`${url} answers ${status}${words ? `: ${words}` : '. Is --url right?'}`);
}

function parseJson({ body }: OutboundResponse): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return null;
  }
}
