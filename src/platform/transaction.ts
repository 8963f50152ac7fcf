import { createIdSequence } from '../lib/id.ts';
import type { Clock } from './clock.ts';
import { type Database, type Db, isRetryable } from './database/database.ts';
import { type Sql, sql } from './database/sql.ts';
import { type PendingEvent, insertionOfEvents } from './events/store.ts';
import { type PendingJob, insertionOfJobs } from './jobs/store.ts';
import { randomSeed } from './random.ts';
import type { Reader, Scope } from './scope.ts';

/** An open transaction: the only thing that can change state, emit an event or enqueue a job. */
export interface Tx extends Reader {
  /** The next id of this transaction; its time is `now`. */
  newId(prefix: string): string;
  /** Written together, after the work and before the commit. Use `emit` and `enqueue`. */
  readonly pending: { readonly events: PendingEvent[]; readonly jobs: PendingJob[] };
  /** Called once the commit has happened, for what this process remembers of what was changed. They do not throw. */
  readonly afterCommit: (() => void)[];
}

const attempts = 4;

/**
 * Runs `work` in one transaction with the events and jobs that it asks for.
 * A transaction that lost a race with another (deadlock, serialisation) is run again.
 */
export async function inTransaction<Value>(
  database: Database,
  scope: Scope,
  work: (tx: Tx) => Promise<Value>,
): Promise<Value> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const { tx, value } = await database.transaction(
        async (db) => {
          const open = createTx(db, scope);
          return { tx: open, value: await work(open) };
        },
        (done) => insertionOfPending(done.tx),
      );
      tellOf(database, tx);
      return value;
    } catch (error) {
      if (attempt === attempts || !isRetryable(error)) throw error;
    }
  }
}

/** Tells this process what has been committed. */
function tellOf(database: Database, { pending: { events, jobs }, afterCommit }: Tx): void {
  for (const listener of afterCommit) listener();
  if (jobs.length > 0) for (const listener of database.jobListeners) listener();
  if (events.length === 0) return;
  const environmentIds = new Set(events.map((event) => event.environment_id));
  for (const listener of database.eventListeners) listener(environmentIds);
}

function createTx(db: Db, scope: Scope): Tx {
  // Assigned, not spread: spreading would read the environment of an operation that has none.
  return Object.assign(createReader(db, scope), {
    newId: createIdSequence(scope.now.getTime(), randomSeed()),
    pending: { events: [], jobs: [] },
    afterCommit: [],
  });
}

/** Forgets what a rolled back savepoint asked for. */
export function discardPending(tx: Tx): void {
  tx.pending.events.length = 0;
  tx.pending.jobs.length = 0;
}

/**
 * Does something and undoes it, its events and jobs too: for the time that it takes, where an answer must not tell by
 * its time whether the thing was done.
 */
export async function pretend(tx: Tx, work: () => Promise<unknown>): Promise<void> {
  const { events, jobs } = tx.pending;
  const [eventCount, jobCount] = [events.length, jobs.length];
  await tx.run(sql`savepoint pretence`);
  try {
    await work();
  } finally {
    await tx.run(sql`rollback to savepoint pretence`);
    events.length = eventCount;
    jobs.length = jobCount;
  }
}

/** What is written last: both leave with the commit. */
function insertionOfPending({ pending: { events, jobs } }: Tx): Sql[] {
  return [
    ...(events.length > 0 ? [insertionOfEvents(events)] : []),
    ...(jobs.length > 0 ? [insertionOfJobs(jobs)] : []),
  ];
}

/** Joins statements and scope into what a reading verb takes. */
export function createReader(db: Db, scope: Scope): Reader {
  return {
    many: db.many,
    one: db.one,
    maybeOne: db.maybeOne,
    run: db.run,
    // A getter: asking an operation without environment for one is an assertion error.
    get environment() {
      return scope.environment;
    },
    get environmentId() {
      return scope.environmentId;
    },
    principal: scope.principal,
    requestId: scope.requestId,
    now: scope.now,
  };
}

/** The scope of work that no request asked for. */
export function systemScope(
  clock: Clock,
  principal: Scope['principal'],
  environment: Scope['environment'] | null,
): Scope {
  return createScope({ environment, principal, requestId: 'system', now: clock.now() });
}

/** Makes a scope; reading `environment` of one without is a programming error. */
export function createScope(
  parts: Omit<Scope, 'environment' | 'environmentId'> & { environment: Scope['environment'] | null },
): Scope {
  const required = () => {
    if (!parts.environment) throw new Error('this operation has no environment');
    return parts.environment;
  };
  return {
    principal: parts.principal,
    requestId: parts.requestId,
    now: parts.now,
    get environment() {
      return required();
    },
    get environmentId() {
      return required().id;
    },
  };
}
