import type { Config, Mode } from '../../config.ts';
import { createOutboundFetch } from '../../platform/outbound-fetch/index.ts';
import type { Report } from './finding.ts';
import { type EndpointRow, mostWaitingCounted } from './store.ts';

/** Names that are resolved at a time. */
const lookups = 16;
/** Endpoints that are named one by one: an installation may have thousands. */
const mostNamed = 20;

type Rules = Pick<Config, 'isLoopbackAllowed' | 'outboundNetworks'>;

/** Where events cannot be sent, have not arrived, or wait. Names are resolved; nothing is sent to anybody. */
export async function checkEndpoints(
  rows: readonly EndpointRow[],
  { rules, mode }: { rules: Rules; mode: Mode },
  report: Report,
): Promise<void> {
  if (rows.length === 0) return;
  const open = rows.filter(({ state }) => state === 'enabled');
  const addressFaults = await judgeAddresses(open, { rules, mode });
  const faulty = rows.flatMap((row) => {
    const faults = [...(addressFaults.get(row.id) ?? []), ...healthFaults(row)];
    return faults.length === 0 ? [] : [{ row, faults }];
  });
  for (const { row, faults } of faulty.slice(0, mostNamed)) {
    for (const fault of faults) report('warning', `${nameOf(row)}: ${fault}`);
  }
  if (faulty.length > mostNamed) {
    report(
      'warning',
      `${faulty.length - mostNamed} more endpoints are like these. See GET /management/webhook_endpoints`,
    );
  }
  const paused = rows.filter(({ state }) => state === 'paused');
  if (paused.length > 0) {
    report('note', `${count(paused.length, 'endpoint is', 'endpoints are')} paused: ${waitingIn(paused)}.`);
  }
  report(
    faulty.length === 0 ? 'ok' : 'note',
    `${count(open.length, 'endpoint is', 'endpoints are')} enabled: ${waitingIn(open)}.`,
  );
}

/** As saving and sending judge: an address may have become private since, or was saved under other rules. */
async function judgeAddresses(
  rows: readonly EndpointRow[],
  { rules, mode }: { rules: Rules; mode: Mode },
): Promise<Map<string, string[]>> {
  const outbound = createOutboundFetch({
    allowLoopback: rules.isLoopbackAllowed,
    allowedNetworks: rules.outboundNetworks,
  });
  const judged = new Map<string, string[]>();
  const waiting = [...rows];
  const work = async (): Promise<void> => {
    for (let row = waiting.pop(); row; row = waiting.pop()) {
      const checked = await outbound.checkUrl(row.endpoint_url);
      judged.set(row.id, addressFaultsOf(row, checked.ok ? null : checked.error.code, { rules, mode }));
    }
  };
  try {
    await Promise.all(Array.from({ length: lookups }, work));
  } finally {
    await outbound.close();
  }
  return judged;
}

function addressFaultsOf(
  { endpoint_url: url }: EndpointRow,
  refusal: string | null,
  { rules, mode }: { rules: Rules; mode: Mode },
): string[] {
  const isPlain = mode === 'production' && !rules.isLoopbackAllowed && !url.startsWith('https:');
  return [
    ...(refusal === 'blocked_address'
      ? [
          'its URL leads to a private address, so nothing is sent there. Name the network in DOORWRIGHT_OUTBOUND_NETWORKS, or give it a public URL.',
        ]
      : []),
    ...(refusal !== null && refusal !== 'blocked_address'
      ? ['its URL cannot be used, so nothing is sent there. Give it another.']
      : []),
    ...(isPlain
      ? [
          'its URL is plain HTTP: events can be read on their way, and production takes no new one of these. Use https.',
        ]
      : []),
  ];
}

function healthFaults(row: EndpointRow): string[] {
  if (row.state === 'disabled') {
    return [
      `it was disabled at ${row.disabled_at}, for every delivery had failed since ${row.failing_since}. Repair the receiver, enable the endpoint, and replay what it missed.`,
    ];
  }
  if (row.failing_since === null || row.state === 'paused') return [];
  return [
    `every delivery has failed since ${row.failing_since}, the last at ${row.last_failure_at}; ${waitingIn([row])}. See GET /management/webhook_endpoints/${row.id}/deliveries`,
  ];
}

/** The origin alone: a path may be a secret. */
const nameOf = ({
  id,
  endpoint_url: url,
  environment_name: name,
  client_id: clientId,
}: EndpointRow): string =>
  `${name} (${clientId}): ${id}${URL.canParse(url) ? ` at ${new URL(url).origin}` : ''}`;

function waitingIn(rows: readonly EndpointRow[]): string {
  const sum = rows.reduce((total, { waiting }) => total + waiting, 0);
  const isMore = rows.some(({ waiting }) => waiting >= mostWaitingCounted);
  return isMore ? `at least ${sum} deliveries wait` : count(sum, 'delivery waits', 'deliveries wait');
}

const count = (amount: number, one: string, many: string): string => `${amount} ${amount === 1 ? one : many}`;
