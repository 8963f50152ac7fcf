import { type KeyObject, generateKeyPairSync, sign } from 'node:crypto';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { SignJWT } from 'jose';
import { type JwtAlgorithm, signJwt } from '../src/protocols/jwt/index.ts';
import type { Figure } from './figure.ts';
import { median } from './median.ts';

const inFlight = 16;
const rounds = 5;
const measuredMs = (Number(process.env['BENCH_SECONDS'] ?? 8) * 1_000) / rounds;
const payload = { sub: 'user_01HZZZZZZZZZZZZZZZZZZZZZZZ', exp: 2_000_000_000, permissions: 'a'.repeat(400) };

interface Rate {
  /** By the clock, with as many cores as the thread pool finds. */
  perSecond: number;
  /** By the processor time that was used. */
  perCore: number;
  /** How late a timer was, at most, among 99 of 100. */
  lateMs: number;
}

async function measure(work: () => Promise<unknown>): Promise<Rate> {
  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  const cpu = process.cpuUsage();
  const start = performance.now();
  let count = 0;
  const repeat = async () => {
    while (performance.now() - start < measuredMs) {
      await work();
      count += 1;
      // A turn of the loop for everybody else: what does not leave the thread would never give one.
      if (count % inFlight === 0) await new Promise(setImmediate);
    }
  };
  await Promise.all(Array.from({ length: inFlight }, repeat));
  const seconds = (performance.now() - start) / 1_000;
  delay.disable();
  const { user, system } = process.cpuUsage(cpu);
  return {
    perSecond: count / seconds,
    perCore: count / ((user + system) / 1e6),
    lateMs: Math.max(0, delay.percentile(99) / 1e6 - 5),
  };
}

function makeKey(alg: JwtAlgorithm): KeyObject {
  return alg === 'RS256'
    ? generateKeyPairSync('rsa', { modulusLength: 2_048 }).privateKey
    : generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
}

function toFigures(what: string, rates: readonly Rate[]): Figure[] {
  const target = what.startsWith('RS256, ours') ? { target: 2_500 } : {};
  return [
    {
      what: `${what}: per core`,
      unit: 'signatures/s',
      value: median(rates.map(({ perCore }) => perCore)),
      ...target,
    },
    { what: `${what}: in all`, unit: 'signatures/s', value: median(rates.map(({ perSecond }) => perSecond)) },
    {
      what: `${what}: a timer is late (99 %)`,
      unit: 's',
      value: median(rates.map(({ lateMs }) => lateMs)) / 1_000,
    },
  ];
}

/** Ours beside jose and beside the bare signature on the main thread, which is the limit of a core. */
export async function measureSignatures(): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const alg of ['RS256', 'ES256'] as const) {
    const key = makeKey(alg);
    const bytes = Buffer.from(await signJwt(payload, { alg, kid: 'key', key }));
    const ways: Readonly<Record<string, () => Promise<unknown>>> = {
      'ours, off the main thread': () => signJwt(payload, { alg, kid: 'key', key }),
      'jose, off the main thread': () =>
        new SignJWT(payload).setProtectedHeader({ alg, kid: 'key' }).sign(key),
      'bare, on the main thread': () => Promise.resolve(sign('sha256', bytes, key)),
    };
    const names = Object.keys(ways);
    const runs = new Map<string, Rate[]>(names.map((name) => [name, []]));
    // In turn, so that other work on the machine meets all of them.
    for (let round = 0; round < rounds; round += 1) {
      for (const [name, work] of Object.entries(ways)) runs.get(name)?.push(await measure(work));
    }
    figures.push(...[...runs].flatMap(([name, rates]) => toFigures(`${alg}, ${name}`, rates)));
  }
  return figures;
}

/** RS256 signatures a second of this process, with what the machine leaves it. */
export async function measureSigning(): Promise<number> {
  const key = makeKey('RS256');
  return (await measure(() => signJwt(payload, { alg: 'RS256', kid: 'key', key }))).perSecond;
}
