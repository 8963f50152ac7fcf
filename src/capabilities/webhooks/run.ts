import type { Database } from '../../platform/database/database.ts';
import { hasHiddenEvents, listFollowed } from '../../platform/events/cursors.ts';
import type { Log } from '../../platform/log.ts';
import { Dispatcher, type DispatcherOptions } from './dispatch/dispatcher.ts';
import { type FailingDeps, disableFailing } from './dispatch/failing.ts';
import { eventConsumer } from './endpoints.ts';
import { fanOut } from './fan-out/fan-out.ts';
import type { DeliverySignal } from './signal.ts';

export interface WebhooksOptions
  extends Pick<DispatcherOptions, 'clock' | 'encryption' | 'outbound' | 'onAttempt'>, FailingDeps {
  database: Database;
  log: Log;
  signal: DeliverySignal;
}

export interface WebhooksRunner {
  /** Looks for work now instead of at the next poll. */
  wake(): void;
  /** Takes nothing more, waits up to `graceMs` for requests on their way. */
  stop(graceMs: number): Promise<void>;
}

const pollMs = 1_000;
/** How soon events are looked for again that an older transaction hides: each time without any, twice as late. */
const shortestHiddenMs = 5;
const longestHiddenMs = 250;

/** Queues and sends events in this process. Any number of processes and nodes may do so. */
export function runWebhooks(options: WebhooksOptions): WebhooksRunner {
  const runner = new Runner(options);
  runner.start();
  return runner;
}

class Runner implements WebhooksRunner {
  private readonly dispatcher: Dispatcher;
  /** Environments with endpoints, as of the last poll. */
  private followed: ReadonlySet<string> = new Set();
  /** Environments that may have new events. */
  private readonly stirred = new Set<string>();
  private isFanningOut = false;
  private isStopping = false;
  private fanningOut: Promise<void> = Promise.resolve();
  private timer: NodeJS.Timeout | undefined;
  private isPolling = false;
  /** Once more, after the poll that runs. */
  private isPollAsked = false;
  /** Environments with events that an older transaction hides; the timer is one for all. */
  private readonly hidden = new Set<string>();
  private hiddenTimer: NodeJS.Timeout | undefined;
  private hiddenMs = shortestHiddenMs;
  private readonly closers: (() => void)[] = [];

  constructor(private readonly options: WebhooksOptions) {
    this.dispatcher = new Dispatcher({
      ...options,
      onFailing: (endpoints) => disableFailing(options, endpoints),
    });
  }

  start(): void {
    const { database, signal } = this.options;
    const onEvents = (environmentIds: ReadonlySet<string>) => {
      for (const id of environmentIds) if (this.followed.has(id)) this.stirred.add(id);
      this.stir();
    };
    database.eventListeners.add(onEvents);
    this.closers.push(() => void database.eventListeners.delete(onEvents));
    this.closers.push(
      signal.listen(({ environmentId, endpointId }) => {
        this.followed = new Set([...this.followed, environmentId]);
        this.stirred.add(environmentId);
        this.stir();
        this.dispatcher.wake([endpointId]);
      }),
    );
    this.wake();
  }

  wake(): void {
    clearTimeout(this.timer);
    if (this.isStopping) return;
    this.isPollAsked = this.isPolling;
    if (this.isPolling) return;
    this.isPolling = true;
    this.poll()
      .catch((error: unknown) => {
        if (!this.isStopping) this.options.log.warn({ err: error }, 'webhooks: database not reachable');
      })
      .finally(() => {
        this.isPolling = false;
        if (this.isStopping) return;
        if (this.isPollAsked) this.wake();
        else this.timer = setTimeout(() => this.wake(), pollMs);
      });
  }

  async stop(graceMs: number): Promise<void> {
    this.isStopping = true;
    clearTimeout(this.timer);
    clearTimeout(this.hiddenTimer);
    for (const close of this.closers) close();
    await this.fanningOut;
    await this.dispatcher.stop(graceMs);
  }

  private async poll(): Promise<void> {
    this.followed = new Set(await listFollowed(this.options.database, eventConsumer));
    for (const id of this.followed) this.stirred.add(id);
    this.stir();
    await this.dispatcher.sweep();
  }

  private stir(): void {
    if (this.isFanningOut || this.isStopping || this.stirred.size === 0) return;
    this.isFanningOut = true;
    this.fanningOut = this.fanOutAll()
      .catch((error: unknown) => this.options.log.warn({ err: error }, 'events not queued for webhooks'))
      .finally(() => {
        this.isFanningOut = false;
        if (this.stirred.size > 0) this.stir();
      });
  }

  private async fanOutAll(): Promise<void> {
    const environmentIds = [...this.stirred];
    this.stirred.clear();
    const { endpointIds, read, unfinished, failures } = await fanOut(this.options, environmentIds);
    this.dispatcher.wake(endpointIds);
    for (const id of unfinished) this.stirred.add(id);
    for (const [environment, error] of failures) {
      // The next poll tries again.
      this.options.log.warn({ err: error, environment }, 'events not queued for webhooks');
    }
    const isHidden = await hasHiddenEvents(this.options.database, environmentIds);
    if (!isHidden || read.size > 0) this.hiddenMs = shortestHiddenMs;
    if (isHidden) this.lookAgain(environmentIds);
  }

  private lookAgain(environmentIds: readonly string[]): void {
    for (const id of environmentIds) this.hidden.add(id);
    if (this.isStopping || this.hiddenTimer !== undefined) return;
    this.hiddenTimer = setTimeout(() => {
      this.hiddenTimer = undefined;
      for (const id of this.hidden) this.stirred.add(id);
      this.hidden.clear();
      this.stir();
    }, this.hiddenMs).unref();
    this.hiddenMs = Math.min(this.hiddenMs * 2, longestHiddenMs);
  }
}
