import type { Command } from 'commander';
import { subscribableEventNames } from '../capabilities/events/index.ts';
import { systemClock } from '../platform/clock.ts';
import { type OutboundFetch, createOutboundFetch } from '../platform/outbound-fetch/index.ts';
import { type ListedEvent, createEventReader } from './listen/api.ts';
import { findEvent, followEvents } from './listen/follow.ts';
import { type Forwarded, type Target, forwardEvent } from './listen/forward.ts';
import { type ListenOptions, type Listening, readListening } from './listen/options.ts';
import { printResult, say } from './output.ts';

export function registerListen(program: Command): void {
  program
    .command('listen')
    .description('send the events of a running Doorwright to an application without a public address')
    .requiredOption('--forward-to <url>', 'where the application takes webhooks')
    .option('--events <names>', 'only these, separated by commas')
    .option('--url <url>', 'the server; WORKOS_API_HOSTNAME, or the development server by default')
    .option('--api-key <key>', 'a key of the environment; WORKOS_API_KEY, or that of development by default')
    .option('--since <event_id>', 'begin after this event instead of with the next one')
    .option('--secret <secret>', 'sign with this secret instead of the one that is printed')
    .option('--replay <event_id>', 'send this event once more, and end')
    .option('--json', 'print one JSON line for each event')
    .action(listen);
}

async function listen(options: ListenOptions): Promise<void> {
  const listening = readListening(options, process.env);
  // Where to is the choice of whoever types it: a laptop's application is at a private address.
  const http = createOutboundFetch({ allowLoopback: true, allowedNetworks: ['0.0.0.0/0', '::/0'] });
  // Whoever reads the table may leave before its end.
  process.stdout.on('error', () => process.exit(0));
  try {
    const run = options.replay === undefined ? followAndForward : replay;
    await run(listening, http, options);
  } finally {
    await http.close();
  }
}

async function replay(listening: Listening, http: OutboundFetch, options: ListenOptions): Promise<void> {
  const event = await findEvent(createEventReader(http, listening), options.replay ?? '');
  const forwarded = await forwardEvent(targetOf(listening, http), event);
  print(options, forwarded);
  if (forwarded.error !== null) process.exitCode = 1;
}

async function followAndForward(
  listening: Listening,
  http: OutboundFetch,
  options: ListenOptions,
): Promise<void> {
  const target = targetOf(listening, http);
  const events = followEvents({
    ...listening,
    read: createEventReader(http, listening),
    say,
    onReady: () => announce(listening, options),
  });
  const stopping = stopOnSignal();
  for await (const event of events) {
    if (stopping.isAsked) return;
    stopping.lastId = event.id;
    if (!isSent(event)) continue;
    stopping.underWay = forwardEvent(target, event).then((forwarded) => print(options, forwarded));
    await stopping.underWay;
  }
}

const targetOf = ({ forwardTo, secret }: Listening, http: OutboundFetch): Target => ({
  url: forwardTo,
  secret,
  http,
  clock: systemClock,
  sent: 0,
});

/** No webhook endpoint is sent the others, so the application is not to get used to them. */
const isSent = ({ event }: ListedEvent): boolean => subscribableEventNames.some((name) => name === event);

function announce({ url, forwardTo, secret, since }: Listening, { json }: ListenOptions): void {
  if (json) return printResult(true, { ready: true, url, forward_to: forwardTo, secret, since }, '');
  say(`Events of ${url} go to ${forwardTo}. The application checks their signature with the secret`);
  say(`\n  ${secret}\n`);
  process.stdout.write(`${row(['time', 'event', 'id', 'status', 'ms'])}\n`);
}

const widths = [8, 41, 32, 6, 6];
const row = (cells: readonly string[]): string =>
  cells
    .map((cell, index) => cell.padEnd(widths[index] ?? 0))
    .join('  ')
    .trimEnd();

function print({ json }: ListenOptions, forwarded: Forwarded): void {
  const { time, event, id, status, ms, error } = forwarded;
  const clock = time.slice(11, 19);
  const cells = [clock, event, id, status === null ? 'none' : String(status), String(ms), error ?? ''];
  printResult(json ?? false, forwarded, row(cells));
}

/** The first signal waits for the event that is under way; a second one ends at once. */
function stopOnSignal() {
  const state = { isAsked: false, lastId: null as string | null, underWay: Promise.resolve() };
  const stop = () => {
    if (state.isAsked) process.exit(1);
    state.isAsked = true;
    void state.underWay.then(() => {
      say(state.lastId ? `Stopped. \`--since ${state.lastId}\` goes on from here.` : 'Stopped.');
      process.exit(0);
    });
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, stop);
  return state;
}
