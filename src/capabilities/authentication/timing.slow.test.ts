// P-01: how long a refusal takes, and what it says, tell nobody who has an account.
import { expect, test } from 'vitest';
import { useServer } from '../../../test/harness.ts';
import { makePerson, signInByPassword } from '../../../test/sign-in.ts';

const server = useServer();
const samples = 500;
const most = 0.05;
/** A machine that is busy elsewhere may upset some hundred samples; what is ours shows in all of them. */
const mostRounds = 4 * samples;

const median = (values: number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;

/** Asks for each in turn, and another one first each time: whatever else the machine does is shared by all. */
async function measure(emails: readonly (() => string)[]): Promise<number[]> {
  const times = emails.map((): number[] => []);
  const answers = new Set<string>();
  let medians: number[] = [];
  for (let round = 1; round <= mostRounds; round += 1) {
    for (let place = 0; place < emails.length; place += 1) {
      const index = (place + round) % emails.length;
      const startedAt = performance.now();
      const { status, body } = await signInByPassword(server, emails[index]?.() ?? '', {
        password: 'not the password',
      });
      times[index]?.push(performance.now() - startedAt);
      answers.add(`${status} ${JSON.stringify(body)}`);
    }
    if (round % samples !== 0) continue;
    medians = times.map(median);
    if (spreadOf(medians) < most) break;
  }
  expect([...answers]).toHaveLength(1);
  return medians;
}

const spreadOf = (medians: readonly number[]): number =>
  (Math.max(...medians) - Math.min(...medians)) / Math.min(...medians);

test(
  'an unknown address, a wrong password and somebody without a password take the same time',
  { timeout: 600_000 },
  async () => {
    const known = await makePerson(server.api);
    const bare = await makePerson(server.api, { password: undefined });
    let count = 0;
    const nobody = (): string => `nobody${(count += 1)}@example.com`;
    const medians = await measure([nobody, () => known.email, () => bare.email]);
    expect(spreadOf(medians), JSON.stringify(medians)).toBeLessThan(most);
  },
);
