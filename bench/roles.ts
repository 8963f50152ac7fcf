import { resolveAccess } from '../src/capabilities/authorization/index.ts';
import { createEnvironmentDirectory } from '../src/capabilities/environments/index.ts';
import { type Database, openDatabase } from '../src/platform/database/database.ts';
import { system } from '../src/platform/scope.ts';
import { createReader, createScope } from '../src/platform/transaction.ts';
import { type Figure, throughput } from './figure.ts';
import { type LoadResult, measureLoad } from './load.ts';
import { addMemberships, addSessions, addUsers, membershipId } from './people.ts';
import { moment, prefix, settle } from './rows.ts';
import { type BenchServer, readConnection } from './server.ts';
import { refreshRequests } from './sign-ins.ts';

const roles = 200;
const permissions = 2_000;
/** Each role has as many permissions as this, and shares most of them with its neighbours. */
const permissionsOfRole = 100;
const people = 3_000;
const inFlight = 16;
const seconds = Number(process.env['BENCH_SECONDS'] ?? 8);

/** Who holds how many roles: of each kind a third of the people. */
const kinds = [
  { what: 'one role, 100 permissions', held: 1 },
  { what: '5 roles, 140 permissions', held: 5 },
  { what: 'all 200 roles, 2,000 permissions', held: roles },
] as const;

/** Adds 2,000 permissions and 200 roles. */
export async function addRoles(server: BenchServer): Promise<void> {
  await server.database.query(
    `insert into permission (environment_id, id, slug, name, is_system, resource_type_slug, created_at, updated_at)
     select $1, 'perm_' || $2::text || lpad(n::text, 16, '0'), 'resource-' || n || ':action', 'Permission ' || n, false,
       'organization', $3, $3
     from generate_series(0, $4::int - 1) as n`,
    [server.environmentId, prefix, moment, permissions],
  );
  await server.database.query(
    `insert into role (environment_id, id, slug, name, priority, is_default, permissions, created_at, updated_at)
     select $1, 'role_' || $2::text || lpad(n::text, 16, '0'), 'role-' || n, 'Role ' || n, n, false, array(
         select slug from (
           select 'resource-' || ((n * 10 + k) % $4::int) || ':action' collate "C" as slug
           from generate_series(0, $5::int - 1) as k) as given
         order by slug), $3, $3
     from generate_series(1, $6::int) as n`,
    [server.environmentId, prefix, moment, permissions, permissionsOfRole, roles],
  );
  await settle(server.database, 'role');
}

/** Gives membership number `n` the first roles of its kind, in place of the default one. */
export async function giveRoles(server: BenchServer): Promise<void> {
  await server.database.query('delete from membership_role where environment_id = $1', [
    server.environmentId,
  ]);
  await server.database.query(
    `insert into membership_role (environment_id, membership_id, role_id, source, created_at)
     select $1, 'om_' || $2::text || lpad(n::text, 16, '0'), 'role_' || $2::text || lpad(r::text, 16, '0'), 'direct', $3
     from generate_series(1, $4::int) as n
     cross join lateral generate_series(1, ($5::int[])[1 + n % $6::int]) as r`,
    [server.environmentId, prefix, moment, people, kinds.map(({ held }) => held), kinds.length],
  );
  await settle(server.database, 'membership_role');
}

/** Access resolved a second: by the statement alone, and within the refresh of a session. */
export async function measureAccess(server: BenchServer, report: (figure: Figure) => void): Promise<void> {
  await addUsers(server, 1, people);
  await addMemberships(server, people);
  await addRoles(server);
  await giveRoles(server);
  const tokens = await addSessions(server, people);
  const database = openDatabase({
    connection: await readConnection(server.dataDirectory),
    isDirect: true,
    poolSize: 4,
    onPoolError: () => undefined,
  });
  try {
    for (const [index, { what }] of kinds.entries()) {
      const value = await countResolutions(database, server.environmentId, index);
      report({ what: `resolve access: ${what}`, unit: 'resolutions/s', value });
    }
  } finally {
    await database.close();
  }
  const { url, pid } = server.program;
  for (const [index, { what }] of kinds.entries()) {
    // Person number 1 is the first of the second kind.
    const chosen = tokens.filter((_, number) => (number + 1) % kinds.length === index);
    const requests = refreshRequests(server, chosen);
    report(throughput(`refresh: ${what}`, await measureLoad({ url, serverPid: pid, requests, status: 200 })));
  }
}

async function countResolutions(database: Database, environmentId: string, kind: number): Promise<number> {
  const environment = await createEnvironmentDirectory(database).byId(environmentId);
  const scope = createScope({ environment, principal: system, requestId: 'bench', now: new Date() });
  const reader = createReader(database, scope);
  let count = 0;
  const until = performance.now() + seconds * 1_000;
  const startedAt = performance.now();
  const work = async (first: number): Promise<void> => {
    for (let place = first; performance.now() < until; place += inFlight) {
      const number = 1 + ((place * kinds.length + kind + kinds.length - 1) % people);
      const access = await resolveAccess(reader, { membershipId: membershipId(number) });
      if (!access) throw new Error(`no membership ${number}`);
      count += 1;
    }
  };
  await Promise.all(Array.from({ length: inFlight }, (_, index) => work(index)));
  return count / ((performance.now() - startedAt) / 1_000);
}

const holders = 100_000;
const sessions = 10_000;

/** A role that 100,000 memberships hold is deleted while sessions are refreshed beside. */
export async function measureDeletion(server: BenchServer, report: (figure: Figure) => void): Promise<void> {
  await addUsers(server, 1, holders);
  await addMemberships(server, holders);
  await addRoles(server);
  await server.database.query(
    `update membership_role set role_id = 'role_' || $2::text || lpad('1', 16, '0') where environment_id = $1`,
    [server.environmentId, prefix],
  );
  await settle(server.database, 'membership_role');
  const tokens = await addSessions(server, sessions);
  const [calm, busy] = [tokens.slice(0, sessions / 2), tokens.slice(sessions / 2)];
  tell(report, 'before', await refreshBeside(server, calm));
  const startedAt = performance.now();
  const { status } = await fetch(`${server.program.url}/management/roles/role-1`, {
    method: 'DELETE',
    headers: { authorization: `Bearer ${server.program.apiKey}` },
  });
  if (status !== 202) throw new Error(`the deletion was answered ${status}`);
  report({
    what: 'the deletion is answered within',
    unit: 's',
    value: (performance.now() - startedAt) / 1_000,
  });
  tell(report, 'during', await refreshBeside(server, busy), 0.025);
  const moved = await countMoved(server);
  if (moved === holders) console.warn('the deletion was over before the refreshes: the figure is of both');
  while ((await countMoved(server)) < holders) await new Promise((resolve) => setTimeout(resolve, 100));
  report({
    what: `${holders.toLocaleString('en')} holders are moved within`,
    unit: 's',
    value: (performance.now() - startedAt) / 1_000,
  });
  const { rows } = await server.database.query<{ count: number }>(
    `select count(*)::int as count from event where type = 'organization_membership.updated'`,
  );
  if (rows[0]?.count !== holders) throw new Error(`${rows[0]?.count} events instead of ${holders}`);
}

/** A light load: four clients that rest after each refresh. */
const refreshBeside = (server: BenchServer, tokens: readonly string[]): Promise<LoadResult> =>
  measureLoad({
    url: server.program.url,
    serverPid: server.program.pid,
    requests: refreshRequests(server, tokens),
    status: 200,
    connections: 4,
    pauseMs: 40,
  });

function tell(report: (figure: Figure) => void, when: string, load: LoadResult, target?: number): void {
  report(throughput(`refresh ${when}, 4 clients with pauses`, load));
  const figure = {
    what: `refresh ${when}: 95 % are answered within`,
    unit: 's' as const,
    value: load.p95Ms / 1_000,
  };
  report(target === undefined ? figure : { ...figure, target });
}

async function countMoved(server: BenchServer): Promise<number> {
  const { rows } = await server.database.query<{ count: number }>(
    `select count(*)::int as count from membership_role where environment_id = $1 and source = 'default'`,
    [server.environmentId],
  );
  return rows[0]?.count ?? 0;
}
