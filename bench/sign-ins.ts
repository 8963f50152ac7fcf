import { availableParallelism } from 'node:os';
import { createPasswordHasher } from '../src/platform/password-hashing.ts';
import { type Figure, throughput } from './figure.ts';
import { type LoadRequest, type LoadResult, measureLoad } from './load.ts';
import { addMemberships, addPasswords, addSessions, addUsers, emailOf, password, userId } from './people.ts';
import type { BenchServer } from './server.ts';

const path = '/user_management/authenticate';
const headers = ['content-type: application/json'];

/** So many that none is refreshed twice within a run of usual length. */
const manySessions = 30_000;
const people = 1_000;

/**
 * V8 compiles what has run some thousand times, and sign-ins are few a second: what is measured is a server that has
 * been up for a while, not its first seconds.
 */
const warmUpMs = { refresh: 15_000, password: 30_000 };

function authenticate(server: BenchServer, body: object, follows?: string): LoadRequest {
  const { apiKey, clientId } = server.program;
  const whole = JSON.stringify({ client_id: clientId, client_secret: apiKey, ...body });
  return { method: 'POST', path, headers, body: whole, ...(follows ? { follows } : {}) };
}

/** One request for each token, which goes on with the successor that it was answered. */
export function refreshRequests(server: BenchServer, tokens: readonly string[]): LoadRequest[] {
  return tokens.map((token) =>
    authenticate(server, { grant_type: 'refresh_token', refresh_token: token }, 'refresh_token'),
  );
}

/** One request for each of a thousand people. */
export function passwordRequests(server: BenchServer): LoadRequest[] {
  return Array.from({ length: people }, (_, index) =>
    authenticate(server, { grant_type: 'password', email: emailOf(index + 1), password }),
  );
}

/** People with all that signing in needs. */
export async function addPeople(server: BenchServer): Promise<void> {
  await addUsers(server, 1, people);
  await addMemberships(server, people);
  await addPasswords(server, people);
}

export async function measureRefresh(
  server: BenchServer,
  processes: string,
  report: (figure: Figure) => void,
): Promise<void> {
  await addUsers(server, 1, manySessions);
  await addMemberships(server, manySessions);
  const tokens = await addSessions(server, manySessions);
  const { url, pid } = server.program;
  const few = tokens.splice(0, 16);
  for (const [what, chosen] of [
    ['a different session each time', tokens],
    ['16 sessions again and again', few],
  ] as const) {
    const requests = refreshRequests(server, chosen);
    const load = await measureLoad({
      url,
      serverPid: pid,
      requests,
      status: 200,
      warmUpMs: warmUpMs.refresh,
    });
    report(throughput(`refresh: ${what}, ${processes}`, load, 1_300));
    report({ what: `per core in use: ${what}, ${processes}`, unit: 'requests/s', value: perCore(load) });
  }
}

/** Sign-ins with a light load of another route beside. */
export async function measurePasswordSignIn(
  server: BenchServer,
  report: (figure: Figure) => void,
): Promise<void> {
  await addPeople(server);
  const { url, pid } = server.program;
  const quiet: LoadRequest[] = Array.from({ length: people }, (_, index) => ({
    method: 'GET',
    path: `/user_management/users/${userId(index + 1)}`,
    headers: server.headers,
  }));
  const hashing = await measureHashing();
  const common = { url, serverPid: pid, status: 200, warmUpMs: warmUpMs.password };
  const [signIns, others] = await Promise.all([
    measureLoad({ ...common, requests: passwordRequests(server) }),
    measureLoad({ ...common, requests: quiet, connections: 4, pauseMs: 40 }),
  ]);
  report(throughput('sign in with a password', signIns));
  report({ what: 'sign-ins per core in use', unit: 'sign-ins/s', value: perCore(signIns), target: 70 });
  report({ what: 'limit: argon2id hashes per core', unit: 'hashes/s', value: hashing });
  report(throughput('beside: get a user, 4 clients with pauses', others));
  report({ what: 'beside: 95 % are answered within', unit: 's', value: others.p95Ms / 1_000, target: 0.025 });
}

/** Server and database together: what one core of the machine is good for. */
const perCore = ({ perSecond, serverCpu, databaseCpu }: LoadResult): number =>
  perSecond / (serverCpu + databaseCpu);

/** Hashes a second of one core, by the processor time that was used. */
async function measureHashing(): Promise<number> {
  const hasher = createPasswordHasher();
  const start = process.cpuUsage();
  const each = 100;
  const work = async (): Promise<void> => {
    for (let count = 0; count < each; count += 1) await hasher.hash(password);
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  const { user, system } = process.cpuUsage(start);
  return (each * availableParallelism()) / ((user + system) / 1e6);
}
