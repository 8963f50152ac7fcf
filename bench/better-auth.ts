import { z } from 'zod';
import { type Comparison, type Rounds, compare } from './comparison.ts';
import type { Figure } from './figure.ts';
import { type LoadRequest, sendOnce } from './load.ts';
import { startPeer } from './peer.ts';
import { password, userId } from './people.ts';
import { addPeople, passwordRequests } from './sign-ins.ts';
import { type BenchServer, readConnection } from './server.ts';

const Ready = z.object({ url: z.string(), cookie: z.string() });

/** As many as no run gets through: a slug can be used once. */
const mostCreated = 60_000;
const listed = 100;
const once: Rounds = { count: 1, share: 1 };

interface BetterAuth {
  url: string;
  headers: readonly string[];
}

interface Work {
  what: string;
  ours: { status: number; requests: readonly LoadRequest[] };
  theirs: readonly LoadRequest[];
}

type ListWork = (server: BenchServer, peer: BetterAuth) => Promise<Work[]>;
type Report = (figure: Figure) => void;

export const compareOrganizations = (server: BenchServer, report: Report): Promise<void> =>
  compareWithBetterAuth(server, listWork, report);

export const comparePeople = (server: BenchServer, report: Report): Promise<void> =>
  compareWithBetterAuth(server, listWorkOfPeople, report);

/** better-auth has a database of its own in the server's PostgreSQL. */
async function compareWithBetterAuth(server: BenchServer, list: ListWork, report: Report): Promise<void> {
  await server.database.query('create database better_auth');
  const connection = { ...(await readConnection(server.dataDirectory)), database: 'better_auth' };
  const peer = await startPeer('better-auth', Ready, { PG_CONNECTION: JSON.stringify(connection) });
  try {
    const { url, cookie } = peer.ready;
    const headers = [`cookie: ${cookie}`, `origin: ${url}`, 'content-type: application/json'];
    const { program } = server;
    const own = { name: 'Doorwright', url: program.url, serverPid: program.pid };
    const other = { name: 'better-auth', url, serverPid: peer.pid, databaseOf: program.pid, status: 200 };
    for (const { what, ours, theirs } of await list(server, { url, headers })) {
      const comparison: Comparison = {
        what,
        ours: { ...own, status: ours.status, requests: () => ours.requests },
        theirs: { ...other, requests: () => theirs },
      };
      await compare(comparison, once, report);
    }
  } finally {
    await peer.stop();
  }
}

const get = (path: string, headers: readonly string[]): LoadRequest[] => [{ method: 'GET', path, headers }];

const post = (path: string, headers: readonly string[], body: object): LoadRequest => ({
  method: 'POST',
  path,
  headers,
  body: JSON.stringify(body),
});

/** Makes them one after the other, and answers the id of the last. */
async function makeOrganizations(url: string, requests: readonly LoadRequest[]): Promise<string> {
  let id = '';
  for (const request of requests) id = z.object({ id: z.string() }).parse(await sendOnce(url, request)).id;
  return id;
}

async function listWork(server: BenchServer, peer: BetterAuth): Promise<Work[]> {
  const base = '/api/auth/organization';
  const named = (number: number) => ({ name: `Organization ${number}`, slug: `organization-${number}` });
  const numbers = Array.from({ length: listed }, (_, index) => index);
  const ours = server.headers;
  const ourId = await makeOrganizations(
    server.program.url,
    numbers.map((number) => post('/organizations', ours, { name: `Organization ${number}` })),
  );
  const theirId = await makeOrganizations(
    peer.url,
    numbers.map((number) => post(`${base}/create`, peer.headers, named(number))),
  );
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
        requests: [post('/organizations', ours, { name: 'Made' })],
      },
      theirs: Array.from({ length: mostCreated }, (_, index) =>
        post(`${base}/create`, peer.headers, {
          ...named(listed + index),
          keepCurrentActiveOrganization: true,
        }),
      ),
    },
  ];
}

/** Its hash is scrypt, ours argon2id: each as it comes. It has no refresh token to compare. */
async function listWorkOfPeople(server: BenchServer, peer: BetterAuth): Promise<Work[]> {
  await addPeople(server);
  return [
    {
      what: 'get a user (better-auth: the user of a session)',
      ours: { status: 200, requests: get(`/user_management/users/${userId(1)}`, server.headers) },
      theirs: get('/api/auth/get-session', peer.headers),
    },
    {
      what: 'sign in with a password',
      ours: { status: 200, requests: passwordRequests(server) },
      theirs: [
        post('/api/auth/sign-in/email', [`origin: ${peer.url}`, 'content-type: application/json'], {
          email: 'bench@example.com',
          password,
        }),
      ],
    },
  ];
}
