import { z } from 'zod';
import { type Comparison, type Rounds, compare } from './comparison.ts';
import type { Figure } from './figure.ts';
import { type LoadRequest, sendOnce } from './load.ts';
import { startPeer } from './peer.ts';
import { addMemberships, addSessions, addUsers, emailOf, password, userId } from './people.ts';
import type { BenchServer } from './server.ts';
import { refreshRequests } from './sign-ins.ts';

const ourUsers = 1_000_000;
const theirUsers = 5_000;
const page = 100;
/** Who is asked for and who signs in, in turn. */
const numbers = Array.from({ length: 1_000 }, (_, index) => index + 1);

const rounds: Rounds = { count: 5, share: 1 / 2 };
/** So many that no round but the first, which warms up, refreshes one twice. */
const sessionsOfRound = 6_000;
const warmUpOfRefreshMs = 15_000;

const Ready = z.object({ url: z.string(), keys: z.array(z.string()) });
const User = z.object({ object: z.literal('user'), id: z.string(), email: z.string() });
const Page = z.object({
  data: z.array(User).length(page),
  list_metadata: z.object({ after: z.string().nullable() }),
});
const SignIn = z.object({ user: User, access_token: z.jwt({ alg: 'RS256' }), refresh_token: z.string() });

interface Emulator extends z.infer<typeof Ready> {
  /** Of all its users, as it lists them. */
  ids: readonly string[];
}

interface Work extends Pick<Comparison, 'what' | 'target' | 'warmUpMs'> {
  ours(round: number): readonly LoadRequest[];
  theirs: readonly LoadRequest[];
  /** What the emulator has to answer: a fast refusal is no work. */
  answer: z.ZodType;
}

/** The work for which DESIGN names what the emulator does. */
export async function compareWithEmulator(
  server: BenchServer,
  processes: string,
  report: (figure: Figure) => void,
): Promise<void> {
  await addUsers(server, 1, ourUsers);
  const refreshed = await prepareRefresh(server);
  const peer = await startPeer('emulator', Ready);
  try {
    const { url } = peer.ready;
    const emulator = { ...peer.ready, ids: await listIds(peer.ready) };
    const { program } = server;
    const own = {
      name: `Doorwright with ${processes}`,
      url: program.url,
      serverPid: program.pid,
      status: 200,
    };
    const other = { name: 'the emulator', url, serverPid: peer.pid, status: 200 };
    // Signing in comes last: the emulator keeps what it makes, and what it keeps makes it slower.
    for (const { ours, theirs, answer, ...work } of [
      getUser(server, emulator),
      listUsers(server, emulator),
      refreshSession(refreshed, emulator),
    ]) {
      const [first] = theirs;
      if (first) answer.parse(await sendOnce(url, first));
      const sides = { ours: { ...own, requests: ours }, theirs: { ...other, requests: () => theirs } };
      await compare({ ...work, ...sides }, rounds, report);
    }
  } finally {
    await peer.stop();
  }
}

const get = (path: string, headers: readonly string[]): LoadRequest => ({ method: 'GET', path, headers });

/** A thousand keys in turn: no machine is so fast that one of them reaches its limit. */
const headersOf = ({ keys }: z.infer<typeof Ready>, number: number): string[] => [
  `authorization: Bearer ${keys[number % keys.length]}`,
  'content-type: application/json',
];

const listPath = (after: string | undefined): string =>
  `/user_management/users?limit=${page}${after === undefined ? '' : `&after=${after}`}`;

async function listIds(ready: z.infer<typeof Ready>): Promise<string[]> {
  const ids: string[] = [];
  while (ids.length < theirUsers) {
    const { data } = Page.parse(await sendOnce(ready.url, get(listPath(ids.at(-1)), headersOf(ready, 0))));
    ids.push(...data.map(({ id }) => id));
  }
  return ids;
}

function getUser({ headers }: BenchServer, emulator: Emulator): Work {
  const path = (id: string | undefined): string => `/user_management/users/${id}`;
  const ours = numbers.map((number) => get(path(userId(number)), headers));
  return {
    what: 'get a user',
    target: 6_000 / 5_500,
    ours: () => ours,
    theirs: numbers.map((number) => get(path(emulator.ids[number]), headersOf(emulator, number))),
    answer: User,
  };
}

function listUsers({ headers }: BenchServer, emulator: Emulator): Work {
  const ours = [get(listPath(userId(ourUsers / 2)), headers)];
  const middle = listPath(emulator.ids[theirUsers / 2]);
  return {
    what: `list ${page}, middle page of ${ourUsers.toLocaleString('en')} (the emulator: of ${theirUsers.toLocaleString('en')})`,
    target: 1_200 / 736,
    ours: () => ours,
    theirs: numbers.map((number) => get(middle, headersOf(emulator, number))),
    answer: Page,
  };
}

/** Sessions for all rounds: a refresh token cannot be used again. */
async function prepareRefresh(server: BenchServer): Promise<LoadRequest[]> {
  const sessions = rounds.count * sessionsOfRound;
  await addMemberships(server, sessions);
  return refreshRequests(server, await addSessions(server, sessions));
}

function refreshSession(refreshed: readonly LoadRequest[], emulator: Emulator): Work {
  return {
    what: 'refresh a session (the emulator: sign in with a password)',
    target: 1_300 / 1_250,
    warmUpMs: warmUpOfRefreshMs,
    ours: (round) => refreshed.slice(round * sessionsOfRound, (round + 1) * sessionsOfRound),
    theirs: numbers.map((number) => ({
      method: 'POST',
      path: '/user_management/authenticate',
      headers: ['content-type: application/json'],
      body: JSON.stringify({
        grant_type: 'password',
        client_id: 'client_test',
        client_secret: emulator.keys[0],
        email: emailOf(number),
        password,
      }),
    })),
    answer: SignIn,
  };
}
