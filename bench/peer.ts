import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { type Figure, throughput } from './figure.ts';
import { type LoadRequest, measureLoad } from './load.ts';
import { password, userId } from './people.ts';
import { addPeople, passwordRequests } from './sign-ins.ts';
import { type BenchServer, readConnection, startServer } from './server.ts';

const folder = fileURLToPath(new URL('peers/better-auth', import.meta.url));
const Ready = z.object({ url: z.string(), cookie: z.string() });

/** As many as no run gets through: a slug can be used once. */
const mostCreated = 60_000;
const listed = 100;

interface Peer {
  url: string;
  pid: number;
  headers: readonly string[];
  stop(): Promise<void>;
}

/** Starts better-auth on a database of its own in the server's PostgreSQL; installs it the first time. */
async function startPeer(server: BenchServer): Promise<Peer> {
  if (!existsSync(`${folder}/node_modules`)) {
    execFileSync('npm', ['ci', '--no-audit', '--no-fund'], { cwd: folder, stdio: ['ignore', 2, 2] });
  }
  await server.database.query('create database better_auth');
  const connection = { ...(await readConnection(server.dataDirectory)), database: 'better_auth' };
  const child: ChildProcess = spawn(process.execPath, ['server.mjs'], {
    cwd: folder,
    env: { PATH: process.env['PATH'], NODE_ENV: 'production', PG_CONNECTION: JSON.stringify(connection) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  if (!child.stdout) throw new Error('the peer has no stdout');
  const first = once(createInterface({ input: child.stdout }), 'line') as Promise<[string]>;
  const [line] = await Promise.race([first, ended.then(() => ['null'] as const)]);
  const { url, cookie } = Ready.parse(JSON.parse(line));
  return {
    url,
    pid: child.pid ?? 0,
    headers: [`cookie: ${cookie}`, `origin: ${url}`, 'content-type: application/json'],
    stop: async () => {
      child.kill();
      await ended;
    },
  };
}

async function makeOrganizations(
  url: string,
  headers: readonly string[],
  bodies: readonly object[],
): Promise<string> {
  let id = '';
  for (const body of bodies) {
    const response = await fetch(url, {
      method: 'POST',
      headers: Object.fromEntries(headers.map((line) => line.split(/: (.*)/).slice(0, 2))),
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${url}: ${response.status} ${await response.text()}`);
    id = z.object({ id: z.string() }).parse(await response.json()).id;
  }
  return id;
}

interface Comparison {
  what: string;
  ours: { status: number; requests: readonly LoadRequest[] };
  theirs: readonly LoadRequest[];
}

type Comparisons = (server: BenchServer, peer: Peer) => Promise<Comparison[]>;

export const compareOrganizations = (report: (figure: Figure) => void): Promise<void> =>
  comparePeer(listComparisons, report);

export const comparePeople = (report: (figure: Figure) => void): Promise<void> =>
  comparePeer(listComparisonsOfPeople, report);

/** Measures the same work on both, in turn, and says how many times as much we do. */
async function comparePeer(list: Comparisons, report: (figure: Figure) => void): Promise<void> {
  const server = await startServer();
  const peer = await startPeer(server);
  try {
    for (const { what, ours, theirs } of await list(server, peer)) {
      const { program } = server;
      const own = await measureLoad({ url: program.url, serverPid: program.pid, ...ours });
      const other = await measureLoad({
        url: peer.url,
        serverPid: peer.pid,
        databaseOf: program.pid,
        requests: theirs,
        status: 200,
      });
      report(throughput(`Doorwright: ${what}`, own));
      report(throughput(`better-auth: ${what}`, other));
      report({
        what: `Doorwright to better-auth: ${what}`,
        unit: 'ratio',
        value: own.perSecond / other.perSecond,
      });
    }
  } finally {
    await peer.stop();
    await server.stop();
  }
}

async function listComparisons(server: BenchServer, peer: Peer): Promise<Comparison[]> {
  const base = '/api/auth/organization';
  const named = (number: number) => ({ name: `Organization ${number}`, slug: `organization-${number}` });
  const numbers = Array.from({ length: listed }, (_, index) => index);
  const ours = server.headers;
  const ourId = await makeOrganizations(
    `${server.program.url}/organizations`,
    ours,
    numbers.map((number) => ({ name: `Organization ${number}` })),
  );
  const theirId = await makeOrganizations(`${peer.url}${base}/create`, peer.headers, numbers.map(named));
  const get = (path: string, headers: readonly string[]): LoadRequest[] => [{ method: 'GET', path, headers }];
  return [
    {
      what: 'get an organization',
      ours: { status: 200, requests: get(`/organizations/${ourId}`, ours) },
      theirs: get(`${base}/get-full-organization?organizationId=${theirId}`, peer.headers),
    },
    {
      what: `list ${listed} organizations`,
      ours: { status: 200, requests: get(`/organizations?limit=${listed}`, ours) },
      theirs: get(`${base}/list`, peer.headers),
    },
    {
      what: 'create an organization',
      ours: {
        status: 201,
        requests: [{ method: 'POST', path: '/organizations', headers: ours, body: '{"name":"Made"}' }],
      },
      theirs: Array.from({ length: mostCreated }, (_, index) => ({
        method: 'POST' as const,
        path: `${base}/create`,
        headers: peer.headers,
        body: JSON.stringify({ ...named(listed + index), keepCurrentActiveOrganization: true }),
      })),
    },
  ];
}

/** Its hash is scrypt, ours argon2id: each as it comes. It has no refresh token to compare. */
async function listComparisonsOfPeople(server: BenchServer, peer: Peer): Promise<Comparison[]> {
  await addPeople(server);
  const read = (path: string, headers: readonly string[]): LoadRequest[] => [
    { method: 'GET', path, headers },
  ];
  return [
    {
      what: 'get a user (better-auth: the user of a session)',
      ours: { status: 200, requests: read(`/user_management/users/${userId(1)}`, server.headers) },
      theirs: read('/api/auth/get-session', peer.headers),
    },
    {
      what: 'sign in with a password',
      ours: { status: 200, requests: passwordRequests(server) },
      theirs: [
        {
          method: 'POST',
          path: '/api/auth/sign-in/email',
          headers: [`origin: ${peer.url}`, 'content-type: application/json'],
          body: JSON.stringify({ email: 'bench@example.com', password }),
        },
      ],
    },
  ];
}
