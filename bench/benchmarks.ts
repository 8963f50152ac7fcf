import { compareOrganizations, comparePeople } from './better-auth.ts';
import { compareWithEmulator } from './emulator.ts';
import { type Figure, throughput } from './figure.ts';
import { type LoadResult, measureLoad } from './load.ts';
import { addUsers, userId } from './people.ts';
import { measureLoginPage } from './pages.ts';
import { addEvents, addOrganizations, eventId, organizationId } from './rows.ts';
import { measurePasswordSignIn, measureRefresh } from './sign-ins.ts';
import { measureAccess, measureDeletion } from './roles.ts';
import { measureSignatures, measureSigning } from './signatures.ts';
import { type BenchServer, type BenchServerOptions, startServer } from './server.ts';
import { measureWebhooks } from './webhooks.ts';
import { measureMemory, measureStarts } from './starts.ts';

export interface Benchmark {
  name: string;
  about: string;
  run(report: (figure: Figure) => void): Promise<void>;
}

const small = 1_000;
const large = 1_000_000;
const page = 100;
/** Uses are counted, and never too many. */
const countedLimits = '1000000';

async function withServer(
  work: (server: BenchServer) => Promise<void>,
  options?: BenchServerOptions,
): Promise<void> {
  const server = await startServer(options);
  try {
    await work(server);
  } finally {
    await server.stop();
  }
}

/** One process, as it comes, and as many as the machine of the targets has cores. */
const processes = [
  [1, 'one process'],
  [2, 'two processes'],
] as const;

async function withProcesses(work: (server: BenchServer, what: string) => Promise<void>): Promise<void> {
  for (const [workers, what] of processes) await withServer((server) => work(server, what), { workers });
}

async function measurePaths(server: BenchServer, paths: readonly string[]): Promise<LoadResult> {
  const { program, headers } = server;
  const requests = paths.map((path) => ({ method: 'GET' as const, path, headers }));
  return measureLoad({ url: program.url, serverPid: program.pid, requests, status: 200 });
}

const getOrganization: Benchmark = {
  name: 'get-organization',
  about: 'GET /organizations/{id}, one of 1,000 in turn',
  run: (report) =>
    withServer(async (server) => {
      await addOrganizations(server, 1, small);
      const paths = Array.from(
        { length: small },
        (_, index) => `/organizations/${organizationId(index + 1)}`,
      );
      report(throughput('get an organization', await measurePaths(server, paths), 6_000));
    }),
};

const listOrganizations: Benchmark = {
  name: 'list-organizations',
  about: 'GET /organizations?limit=100: the first, a middle and the last page, of 1,000 and of 1,000,000',
  run: (report) =>
    withServer(async (server) => {
      let count = 0;
      for (const size of [small, large]) {
        await addOrganizations(server, count + 1, size);
        count = size;
        const pages = {
          first: '',
          middle: `&after=${organizationId(size / 2)}`,
          last: `&after=${organizationId(page + 1)}`,
        };
        for (const [place, cursor] of Object.entries(pages)) {
          const load = await measurePaths(server, [`/organizations?limit=${page}${cursor}`]);
          report(throughput(`list ${page} of ${size.toLocaleString('en')}, ${place} page`, load, 1_200));
        }
      }
    }),
};

const getUser: Benchmark = {
  name: 'get-user',
  about: 'GET /user_management/users/{id}, one of 1,000 in turn',
  run: (report) =>
    withProcesses(async (server, what) => {
      await addUsers(server, 1, small);
      const paths = Array.from(
        { length: small },
        (_, index) => `/user_management/users/${userId(index + 1)}`,
      );
      report(throughput(`get a user, ${what}`, await measurePaths(server, paths), 6_000));
    }),
};

const listUsers: Benchmark = {
  name: 'list-users',
  about:
    'GET /user_management/users?limit=100: the first, a middle and the last page, of 1,000 and of 1,000,000',
  run: (report) =>
    withProcesses(async (server, what) => {
      let count = 0;
      for (const size of [small, large]) {
        await addUsers(server, count + 1, size);
        count = size;
        const pages = {
          first: '',
          middle: `&after=${userId(size / 2)}`,
          last: `&after=${userId(page + 1)}`,
        };
        for (const [place, cursor] of Object.entries(pages)) {
          const load = await measurePaths(server, [`/user_management/users?limit=${page}${cursor}`]);
          report(throughput(`${page} of ${size.toLocaleString('en')}, ${place} page, ${what}`, load, 1_200));
        }
      }
    }),
};

const refreshSession: Benchmark = {
  name: 'refresh-session',
  about:
    'POST /user_management/authenticate with a refresh token, in an organization: rotated, signed, durable',
  run: async (report) => {
    await withProcesses((server, what) => measureRefresh(server, what, report));
    const limit = await measureSigning();
    report({ what: 'limit: RS256 signatures of one process', unit: 'signatures/s', value: limit });
  },
};

const passwordSignIn: Benchmark = {
  name: 'password-sign-in',
  about:
    'POST /user_management/authenticate with a password (argon2id, counted against its quota), and a light load beside',
  run: (report) =>
    withServer((server) => measurePasswordSignIn(server, report), { rateLimits: countedLimits }),
};

const createOrganization: Benchmark = {
  name: 'create-organization',
  about: 'POST /organizations, durable, with its event',
  run: (report) =>
    withServer(async ({ program, headers }) => {
      const body = JSON.stringify({ name: 'Organization', metadata: { plan: 'enterprise' } });
      const requests = [{ method: 'POST' as const, path: '/organizations', headers, body }];
      const load = await measureLoad({ url: program.url, serverPid: program.pid, requests, status: 201 });
      report(throughput('create an organization with its event', load));
    }),
};

const listEvents: Benchmark = {
  name: 'list-events',
  about: 'GET /events?limit=100 from the start, a middle and near the end, of 1,000 and of 1,000,000',
  run: (report) =>
    withServer(async (server) => {
      let count = 0;
      for (const size of [small, large]) {
        await addEvents(server, count + 1, size);
        count = size;
        const pages = {
          first: '',
          middle: `&after=${eventId(size / 2)}`,
          last: `&after=${eventId(size - page)}`,
        };
        for (const [place, cursor] of Object.entries(pages)) {
          const load = await measurePaths(server, [`/events?limit=${page}${cursor}`]);
          report(throughput(`${page} events of ${size.toLocaleString('en')}, ${place} page`, load));
        }
      }
    }),
};

const starts: Benchmark = {
  name: 'start',
  about: 'from spawn to the first 200 on /health; the median of five',
  run: async (report) => {
    for (const { what, seconds, target } of await measureStarts()) {
      report({ what, unit: 's', value: seconds, target });
    }
  },
};

const memory: Benchmark = {
  name: 'memory',
  about: 'proportional set size of the server and all processes of its PostgreSQL, 10 s after the start',
  run: async (report) => {
    const { server, database } = await measureMemory();
    report({ what: 'idle, server', unit: 'MB', value: server });
    report({ what: 'idle, database', unit: 'MB', value: database });
    report({ what: 'idle, together', unit: 'MB', value: server + database, target: 150 });
  },
};

const resolveAccess: Benchmark = {
  name: 'resolve-access',
  about:
    'roles and permissions of a membership, where the environment has 200 roles and 2,000 permissions: by the statement alone (16 at once), and in a refresh',
  run: (report) => withServer((server) => measureAccess(server, report)),
};

const deleteRole: Benchmark = {
  name: 'delete-role',
  about:
    'DELETE of a role that 100,000 memberships hold, each moved with its event, while sessions are refreshed',
  run: (report) => withServer((server) => measureDeletion(server, report)),
};

const loginPage: Benchmark = {
  name: 'login-page',
  about: 'GET /sign-in of a sign-in that was begun: rendered for each request, with its assets',
  run: (report) => withServer((server) => measureLoginPage(server, report)),
};

const webhooks: Benchmark = {
  name: 'webhooks',
  about:
    '10,000 deliveries of queued events to 1, 10 and 100 endpoints, signed and noted; then one at a time, from request to first byte',
  run: (report) => withServer((server) => measureWebhooks(server, report)),
};

const signatures: Benchmark = {
  name: 'signatures',
  about:
    'compact JWS of 600 bytes signed by one process, without a server: 16 at once, and how long a timer waits beside',
  run: async (report) => {
    for (const figure of await measureSignatures()) report(figure);
  },
};

const betterAuth: Benchmark = {
  name: 'better-auth',
  about: 'the same work by better-auth 1.7.25 with its organization plugin, on the same PostgreSQL, in turn',
  run: (report) => withServer((server) => compareOrganizations(server, report)),
};

const betterAuthPeople: Benchmark = {
  name: 'better-auth-people',
  about:
    'users and sign-ins by better-auth 1.7.25, on the same PostgreSQL, in turn; its sign-in hashes by scrypt',
  run: (report) => withServer((server) => comparePeople(server, report)),
};

const emulator: Benchmark = {
  name: 'emulator',
  about:
    'the same work by the emulator (workos 0.14.0), which keeps everything in memory and has one process for the two cores; the medians of five rounds in turn',
  run: (report) => withProcesses((server, what) => compareWithEmulator(server, what, report)),
};

export const benchmarks: readonly Benchmark[] = [
  starts,
  memory,
  getOrganization,
  listOrganizations,
  createOrganization,
  getUser,
  listUsers,
  refreshSession,
  passwordSignIn,
  listEvents,
  resolveAccess,
  deleteRole,
  loginPage,
  webhooks,
  signatures,
  betterAuth,
  betterAuthPeople,
  emulator,
];
