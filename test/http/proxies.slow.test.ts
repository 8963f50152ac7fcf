// behind Debian's nginx and HAProxy.
import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type TestServer, startServer } from '../harness.ts';
import { ambiguous, body, chunked, head } from './ambiguous.ts';
import { Proxy, type ProxyKind, findProxy, get, proxiedHost } from './proxies.ts';

const kinds: readonly ProxyKind[] = ['nginx', 'haproxy'];
const programs = kinds.map((kind) => ({ kind, program: findProxy(kind) }));
const hasOpenssl = canRun('openssl');

function canRun(program: string): boolean {
  try {
    execFileSync(program, ['version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

const attacker = '127.0.0.66';
const victim = '127.0.0.77';
/** What a request is counted for that the proxy did not know of: its own address, for nothing says another. */
const proxyItself = '127.0.0.1';

describe.each(programs)('behind $kind', ({ kind, program }) => {
  const isAbsent = program === null || !hasOpenssl;
  const reason = isAbsent ? ` (skipped: apt-get install ${kind} openssl)` : '';
  let server: TestServer;
  let proxy: Proxy;

  beforeAll(async () => {
    if (isAbsent) return;
    server = await startServer({
      trustedProxies: [`${proxyItself}/32`],
      externalUrl: `https://${proxiedHost}`,
    });
    proxy = await Proxy.start(kind, program, server.url);
  });

  afterAll(async () => {
    await proxy?.stop();
    await server?.close();
  });

  const sender = () => ({ host: proxiedHost, apiKey: server.apiKey });

  /** What reached the server since `mark`, by the address that it was counted for. */
  function countReached(mark: number): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const line of server.logLines.slice(mark)) {
      const { msg, operation, ip } = JSON.parse(line) as { msg: string; operation: string; ip: string };
      if (msg === 'request' && operation !== 'health.ready') counts[ip] = (counts[ip] ?? 0) + 1;
    }
    return counts;
  }

  test.skipIf(isAbsent).each(ambiguous)(
    `%s: nothing reaches us that the proxy did not send, and nobody gets another's answer${reason}`,
    async (_, bytes) => {
      const mark = server.logLines.length;
      const { statuses, text } = await proxy.send(bytes(sender()), attacker);
      expect(statuses.filter((status) => ![201, 400, 404, 413, 431, 501, 505].includes(status))).toEqual([]);
      // The next ones on the connections that the proxy keeps to us: what was left there would answer them.
      const next = await Promise.all(
        names.map((name) => proxy.send(getOnce(`/organizations/${name}`), victim)),
      );
      for (const [at, name] of names.entries()) {
        expect(next[at]?.statuses).toEqual([404]);
        expect(next[at]?.text).toContain(`not found: '${name}'`);
      }
      // Whatever the proxy did not see as a request has no address but the proxy's own.
      const answeredByUs = text.match(/^x-request-id: /gim)?.length ?? 0;
      const counts = { [victim]: names.length, ...(answeredByUs > 0 ? { [attacker]: answeredByUs } : {}) };
      expect(countReached(mark)).toEqual(counts);
    },
  );

  const names = ['org_a', 'org_b', 'org_c'];
  const getOnce = (path: string) =>
    get(path, [`Authorization: Bearer ${server.apiKey}`, 'Connection: close']);

  test.skipIf(isAbsent)(`a request that the proxy did not send would be noticed${reason}`, async () => {
    const mark = server.logLines.length;
    expect((await server.api.get('/organizations')).status).toBe(200);
    expect(countReached(mark)).toEqual({ [proxyItself]: 1 });
  });

  test.skipIf(isAbsent)(`a plain body and a chunked one are read${reason}`, async () => {
    const plain = head(sender(), [`Content-Length: ${body.length}`]) + body;
    expect((await proxy.send(plain)).statuses).toEqual([201]);
    const inChunks = head(sender(), ['Transfer-Encoding: chunked']) + chunked;
    expect((await proxy.send(inChunks)).statuses).toEqual([201]);
  });

  test.skipIf(isAbsent)(`limits count the client, who cannot say that it is another${reason}`, async () => {
    const limited = await startServer({
      trustedProxies: [`${proxyItself}/32`],
      externalUrl: `https://${proxiedHost}`,
      rateLimitFactor: 0.01,
    });
    const before = await Proxy.start(kind, program ?? '', limited.url);
    /** 70 requests on one connection. @returns how many were let through: 60 of one address */
    const ask = async (address: string, forge: (index: number) => readonly string[]) => {
      const asked = Array.from({ length: 70 }, (_, index) => get('/health/live', forge(index)));
      const { statuses } = await before.send(asked.join(''), address);
      expect(statuses).toHaveLength(70);
      return statuses.filter((status) => status === 200).length;
    };
    expect(await ask(attacker, (index) => [`X-Forwarded-For: 203.0.113.${index}`])).toBe(60);
    // Neither somebody else's window nor one of nobody, however it is written.
    const forged = [`X-Forwarded-For: ${victim}`, `x-forwarded-for: ${proxyItself}, ${victim}`];
    expect(await ask(attacker, () => [...forged, `Forwarded: for=${victim}`, `X-Real-IP: ${victim}`])).toBe(
      0,
    );
    expect(await ask(victim, () => [])).toBe(60);
    await before.stop();
    await limited.close();
  });
});
