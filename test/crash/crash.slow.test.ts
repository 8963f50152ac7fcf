import { randomInt } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { waitUntil } from '../wait.ts';
import { type Installation, createInstallation } from './installation.ts';
import { startLoad } from './load.ts';
import { readHistory } from './reader.ts';

const kills = Number(process.env['DOORWRIGHT_TEST_KILLS'] ?? 50);
const perKillMs = 12_000;
const clients = 6;
const longestCalmMs = 600;
const startDeadlineMs = 10_000;

let installation: Installation;

beforeAll(async () => {
  installation = await createInstallation();
});

afterAll(() => installation.close());

const wait = (delayMs: number) => new Promise((resolve) => setTimeout(resolve, delayMs));

async function killSomething(): Promise<'server' | 'database' | 'both'> {
  const dice = randomInt(10);
  if (dice < 5) {
    await installation.killServer();
    expect(await installation.start()).toBeLessThan(startDeadlineMs);
    return 'server';
  }
  if (dice < 9) {
    await waitUntil('there is a postmaster to kill', installation.killDatabase);
    return 'database';
  }
  await Promise.all([installation.killServer(), installation.killDatabase()]);
  expect(await installation.start()).toBeLessThan(startDeadlineMs);
  return 'both';
}

test(
  `${kills} kills of server and database at random moments lose nothing, double nothing and invent nothing`,
  async () => {
    const { target, ledger, reader } = installation;
    const load = startLoad(target, ledger, clients);
    const killed = { server: 0, database: 0, both: 0 };
    for (let cycle = 1; cycle <= kills; cycle += 1) {
      await wait(randomInt(longestCalmMs));
      killed[await killSomething()] += 1;
      // Some kills come while the last one is still being recovered from.
      if (randomInt(5) === 0) continue;
      await load.pause();
      await installation.check();
      expect(load.faults, `after kill ${cycle}`).toEqual([]);
      load.resume();
    }
    await load.pause();
    await installation.check();
    await load.stop();
    expect(load.faults).toEqual([]);
    const again = await readHistory(target);
    expect(again.ids, 'the order that the reader saw is the order that stays').toEqual(reader.history.ids);
    // A run in which nothing was under way when the blow came proves nothing.
    if (kills >= 20) {
      expect(load.statistics.lost).toBeGreaterThan(0);
      expect(load.statistics.unavailable).toBeGreaterThan(0);
      expect(load.statistics.retries).toBeGreaterThan(0);
    }
    expect(ledger.acknowledged).toBeGreaterThan(kills);
    process.stderr.write(
      `crash: ${JSON.stringify({ kills, killed, acknowledged: ledger.acknowledged, events: again.ids.length, ...load.statistics })}\n`,
    );
  },
  60_000 + kills * perKillMs,
);
