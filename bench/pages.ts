import { type Figure, throughput } from './figure.ts';
import { measureLoad } from './load.ts';
import type { BenchServer } from './server.ts';

const callback = 'https://app.example.com/callback';
const restSamples = 200;

/** The first page of a sign-in: how heavy it is, how soon it begins to arrive, and how many are made in a second. */
export async function measureLoginPage(
  { program, headers: own }: BenchServer,
  report: (figure: Figure) => void,
): Promise<void> {
  const { url, pid, clientId } = program;
  const headers = Object.fromEntries(own.map((header) => header.split(': ') as [string, string]));
  const body = JSON.stringify({ uri: callback });
  await fetch(`${url}/user_management/redirect_uris`, { method: 'POST', headers, body });
  const query = new URLSearchParams({
    response_type: 'code',
    provider: 'authkit',
    client_id: clientId,
    redirect_uri: callback,
  });
  const begun = await fetch(`${url}/user_management/authorize?${query}`, { redirect: 'manual' });
  const cookie = begun.headers.get('set-cookie')?.split(';')[0] ?? '';
  const location = begun.headers.get('location') ?? '';
  const page = await fetch(location, { headers: { cookie } });
  if (page.status !== 200) throw new Error(`${location} answered ${page.status}`);
  const html = await page.text();
  const assets = [...html.matchAll(/(?:href|src)="(\/[^"]+)"/g)].map(([, path = '']) => path);
  const loaded = await Promise.all(assets.map((path) => sizeOf(`${url}${path}`)));
  report({ what: 'bytes of the page', unit: 'kB', value: html.length / 1_000 });
  const whole = loaded.reduce((sum, size) => sum + size, html.length) / 1_000;
  report({ what: 'bytes with its assets', unit: 'kB', value: whole, target: 100 });
  const times = await measureRest(location, cookie);
  const within = (share: number): number => times[Math.floor(times.length * share)] ?? 0;
  report({ what: 'first byte at rest, half within', unit: 's', value: within(0.5), target: 0.02 });
  report({ what: 'first byte at rest, 99 % within', unit: 's', value: within(0.99), target: 0.02 });
  const { pathname, search } = new URL(location);
  const requests = [{ method: 'GET' as const, path: pathname + search, headers: [`cookie: ${cookie}`] }];
  const load = await measureLoad({ url, serverPid: pid, requests, status: 200 });
  report(throughput('the first page of a sign-in', load));
}

const sizeOf = async (url: string): Promise<number> => (await (await fetch(url)).arrayBuffer()).byteLength;

/** Seconds until the head of the answer, one request at a time, sorted. */
async function measureRest(url: string, cookie: string): Promise<number[]> {
  const times: number[] = [];
  for (let sample = 0; sample < restSamples; sample += 1) {
    const startedAt = performance.now();
    const response = await fetch(url, { headers: { cookie } });
    times.push(performance.now() - startedAt);
    await response.arrayBuffer();
  }
  return times.map((ms) => ms / 1_000).toSorted((a, b) => a - b);
}
