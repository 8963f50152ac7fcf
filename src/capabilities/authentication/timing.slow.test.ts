// P-01: how long a refusal takes, and what it says, tell nobody who has an account.
import { expect, test } from 'vitest';
import { useServer } from '../../../test/harness.ts';
import { makePerson, signInByPassword } from '../../../test/sign-in.ts';

const server = useServer();
const samples = 500;
const most = 0.05;

const median = (values: number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;

/** Asks each in turn, so that whatever else the machine does is shared by all of them. */
async function measure(emails: Record<string, () => string>): Promise<Record<string, number>> {
  const times = Object.fromEntries(Object.keys(emails).map((name) => [name, [] as number[]]));
  const answers = new Set<string>();
  for (let round = 0; round < samples; round += 1) {
    for (const [name, email] of Object.entries(emails)) {
      const startedAt = performance.now();
      const { status, body } = await signInByPassword(server, email(), { password: 'not the password' });
      times[name]?.push(performance.now() - startedAt);
      answers.add(`${status} ${JSON.stringify(body)}`);
    }
  }
  expect([...answers]).toHaveLength(1);
  return Object.fromEntries(Object.entries(times).map(([name, values]) => [name, median(values)]));
}

test(
  'an unknown address, a wrong password and somebody without a password take the same time',
  { timeout: 300_000, retry: 1 },
  async () => {
    const known = await makePerson(server.api);
    const bare = await makePerson(server.api, { password: undefined });
    let count = 0;
    const medians = await measure({
      unknown: () => `nobody${(count += 1)}@example.com`,
      wrong: () => known.email,
      bare: () => bare.email,
    });
    const values = Object.values(medians);
    const spread = (Math.max(...values) - Math.min(...values)) / Math.min(...values);
    expect(spread, JSON.stringify(medians)).toBeLessThan(most);
  },
);
