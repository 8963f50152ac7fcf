import { setTimeout as sleep } from 'node:timers/promises';
import { AwayError, type ListedEvent, type ReadEvents, UnknownEventError } from './api.ts';

const pollMs = 500;
const longestWaitMs = 5_000;
const pageSize = '100';

export interface Follow {
  read: ReadEvents;
  /** The event after which to begin; null begins with the next one that happens. */
  since: string | null;
  /** The types to ask for; all without any. */
  events: readonly string[];
  /** Told what a person should know meanwhile. */
  say(words: string): void;
  /** Called once, when the place to begin is known. */
  onReady(): void;
}

/**
 * Every event from here on, one by one and in order, for as long as it is asked for. While the server is away it is
 * asked again, less and less often; nothing is skipped by that, for the place is an event's id.
 * @throws when `since` is unknown, or the server refuses what is asked
 */
export async function* followEvents(follow: Follow): AsyncGenerator<ListedEvent> {
  const patient: Follow = { ...follow, read: (query) => readPatiently(follow, query) };
  let after = follow.since ?? (await findNewest(patient));
  let page = await readSince(patient, after);
  follow.onReady();
  for (;;) {
    for (const event of page) {
      yield event;
      after = event.id;
    }
    if (page.length < Number(pageSize)) await sleep(pollMs);
    try {
      page = await readSince(patient, after);
    } catch (error) {
      if (!(error instanceof UnknownEventError)) throw error;
      follow.say('The server no longer has the last event: its data was replaced. Reading from its first.');
      after = null;
      page = [];
    }
  }
}

/** One event by its id. @throws UnknownEventError */
export async function findEvent(read: ReadEvents, id: string): Promise<ListedEvent> {
  const [previous] = await read({ before: id, limit: '1', order: 'asc' });
  const [event] = await read({
    limit: '1',
    order: 'asc',
    ...(previous ? { after: previous.id } : {}),
  });
  if (event?.id !== id) throw new UnknownEventError(`There is no event ${id} any more.`);
  return event;
}

async function findNewest({ read }: Follow): Promise<string | null> {
  const [newest] = await read({ limit: '1', order: 'desc' });
  return newest?.id ?? null;
}

function readSince({ read, events }: Follow, after: string | null): Promise<readonly ListedEvent[]> {
  return read({
    limit: pageSize,
    order: 'asc',
    ...(after === null ? {} : { after }),
    ...(events.length > 0 ? { events: events.join(',') } : {}),
  });
}

async function readPatiently(
  { read, say }: Follow,
  query: Readonly<Record<string, string>>,
): Promise<readonly ListedEvent[]> {
  let waitMs = pollMs;
  for (;;) {
    try {
      const page = await read(query);
      if (waitMs > pollMs) say('The server answers again.');
      return page;
    } catch (error) {
      if (!(error instanceof AwayError)) throw error;
      if (waitMs === pollMs) say(`${error.message} Trying again until it answers.`);
      await sleep(waitMs);
      waitMs = Math.min(waitMs * 2, longestWaitMs);
    }
  }
}
