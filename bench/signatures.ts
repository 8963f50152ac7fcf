import { type KeyObject, generateKeyPairSync, sign } from 'node:crypto';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { SignJWT } from 'jose';
import { type JwtAlgorithm, signJwt } from '../src/protocols/jwt/index.ts';
import type { Figure } from './figure.ts';

const inFlight = 16;
const measuredMs = Number(process.env['BENCH_SECONDS'] ?? 8) * 1_000;
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
    for (const [way, work] of Object.entries(ways)) {
      const { perSecond, perCore, lateMs } = await measure(work);
      const isTarget = alg === 'RS256' && way.startsWith('ours');
      const unit = 'signatures/s' as const;
      figures.push({
        what: `${alg}, ${way}: per core`,
        unit,
        value: perCore,
        ...(isTarget ? { target: 2_500 } : {}),
      });
      figures.push({ what: `${alg}, ${way}: in all`, unit, value: perSecond });
      figures.push({ what: `${alg}, ${way}: a timer is late (99 %)`, unit: 's', value: lateMs / 1_000 });
    }
  }
  return figures;
}
