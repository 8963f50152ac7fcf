// P-08: how long an answer takes tells nobody who has an account.
import { beforeAll, expect, test } from 'vitest';
import { useServer } from '../../../../test/harness.ts';
import { goodPassword, makePerson } from '../../../../test/sign-in.ts';
import { authorizePath, createVisitor, registerCallback } from '../../../../test/visitor.ts';

const server = useServer();
const samples = 60;
/** A password takes about a fifth of a second: what differs must drown in it. */
const most = 0.15;

beforeAll(() => registerCallback(server));

let count = 0;
const nobody = (): string => `stranger${(count += 1)}@example.com`;

const median = (values: number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;

/** Medians in milliseconds; both in turn, so that whatever else the machine does is shared. */
async function measure(ask: (email: string) => Promise<() => Promise<unknown>>) {
  const { email } = await makePerson(server.api);
  const times = { taken: [] as number[], free: [] as number[] };
  for (let round = 0; round < samples; round += 1) {
    for (const kind of ['taken', 'free'] as const) {
      const send = await ask(kind === 'taken' ? email : nobody());
      const startedAt = performance.now();
      await send();
      times[kind].push(performance.now() - startedAt);
    }
  }
  const medians = { taken: median(times.taken), free: median(times.free) };
  return {
    ...medians,
    spread: Math.abs(medians.taken - medians.free) / Math.min(medians.taken, medians.free),
  };
}

test(
  'signing up takes as long with a taken address as with a free one',
  { timeout: 200_000, retry: 1 },
  async () => {
    const measured = await measure(async (email) => {
      const visitor = createVisitor(server);
      const first = await visitor.arrive(authorizePath(server, { screen_hint: 'sign-up' }));
      const page = await visitor.fill(first, { email });
      return async () => expect((await visitor.submit(page, { password: goodPassword })).status).toBe(303);
    });
    expect(measured.spread, JSON.stringify(measured)).toBeLessThan(most);
  },
);

test(
  'asking for a reset takes as long for nobody as for somebody',
  { timeout: 200_000, retry: 1 },
  async () => {
    const visitor = createVisitor(server);
    const page = await visitor.open(`/environments/${server.clientId}/reset-password`);
    const measured = await measure((email) =>
      Promise.resolve(async () => expect((await visitor.submit(page, { email })).status).toBe(200)),
    );
    // A page without a password is made in few milliseconds, of which a tenth is less than this machine's noise.
    expect(Math.abs(measured.taken - measured.free), JSON.stringify(measured)).toBeLessThan(2);
  },
);
