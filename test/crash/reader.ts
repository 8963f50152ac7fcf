import { z } from 'zod';
import { type Connection, type Target, connect } from './connection.ts';
import { Event, History, type Organization } from './ledger.ts';

const EventPage = z.object({ data: z.array(Event) });
const OrganizationPage = z.object({
  data: z.array(
    z.object({ id: z.string(), name: z.string(), domains: z.array(z.object({ domain: z.string() })) }),
  ),
  list_metadata: z.object({ after: z.string().nullable() }),
});

/** Adds the page after what the history knows. @returns the number of events, or null without an answer */
async function readPage(connection: Connection, history: History): Promise<number | null> {
  const after = history.last === null ? '' : `&after=${history.last}`;
  const answer = await connection.send({ method: 'GET', path: `/events?limit=100${after}` });
  if (!answer || answer.status === 503) return null;
  if (answer.status !== 200)
    throw new Error(`/events answered ${answer.status} ${JSON.stringify(answer.body)}`);
  const { data } = EventPage.parse(answer.body);
  for (const event of data) history.add(event);
  return data.length;
}

/** A consumer of the Events API that follows the cursor all the time, as a webhook-less integration does. */
export function followEvents(target: Target): { history: History; stop(): Promise<void> } {
  const history = new History();
  const connection = connect(target);
  const state = { isStopping: false };
  const run = async () => {
    while (!state.isStopping) {
      const found = await readPage(connection, history).catch((error: unknown) => {
        history.faults.push(String(error));
        return null;
      });
      if (!found) await new Promise((resolve) => setTimeout(resolve, 20));
    }
    await connection.close();
  };
  const running = run();
  return {
    history,
    stop: async () => {
      state.isStopping = true;
      await running;
    },
  };
}

/** Walks all events from the beginning. */
export async function readHistory(target: Target): Promise<History> {
  const history = new History();
  const connection = connect(target);
  for (;;) {
    const found = await readPage(connection, history);
    if (found === null) throw new Error('no answer from /events');
    if (found === 0) break;
  }
  await connection.close();
  return history;
}

/** Every organization that is there, by id; `known` ones (the seed's) left out. */
export async function listOrganizations(
  target: Target,
  known: ReadonlySet<string> = new Set(),
): Promise<Map<string, Organization>> {
  const connection = connect(target);
  const organizations = new Map<string, Organization>();
  let after: string | null = '';
  while (after !== null) {
    const cursor: string = after === '' ? '' : `&after=${after}`;
    const answer = await connection.send({ method: 'GET', path: `/organizations?limit=100${cursor}` });
    if (answer?.status !== 200) throw new Error(`/organizations answered ${answer?.status}`);
    const page = OrganizationPage.parse(answer.body);
    for (const { id, name, domains } of page.data) {
      if (!known.has(id)) organizations.set(id, { name, domains: domains.map(({ domain }) => domain) });
    }
    after = page.list_metadata.after;
  }
  await connection.close();
  return organizations;
}
