import { readFileSync } from 'node:fs';
import { decodeJwt } from 'jose';
import { beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { type TestEnvironment, useServer } from '../../../../test/harness.ts';
import { inEnvironment, makeMembership, makeOrganization, makeUser } from '../../../../test/people.ts';
import { signIn } from '../../../../test/sign-in.ts';
import { assignRolesFromGroups } from '../../memberships/index.ts';
import { listRolesFromGroups, setGroupMappings } from '../index.ts';

type Granted = Readonly<Record<string, readonly string[]>>;
type Mode = 'single' | 'multiple';
type Where = 'plain' | 'forked';

interface Step {
  join?: 'none' | string[];
  call?: string[];
  directory?: string[];
  sso?: string[];
  refused?: string;
}

interface Case {
  name: string;
  mode: Mode;
  organization?: Where;
  steps: Step[];
  roles: string[];
  permissions: string[];
  sources: string[];
}

interface Matrix {
  roles: Granted;
  forked: { order: string[]; default: string; roles: Granted };
  groups: Readonly<Record<'directory' | 'sso', Readonly<Record<string, string>>>>;
  cases: Case[];
}

const matrix = parse(readFileSync('src/capabilities/authorization/access/matrix.yaml', 'utf8')) as Matrix;

const server = useServer();

interface Stage {
  environment: TestEnvironment;
  organizations: Record<Where, string>;
}
const stages = {} as Record<Mode, Stage>;

async function makeRoles(api: TestEnvironment['api'], path: string, roles: Granted): Promise<void> {
  for (const [slug, permissions] of Object.entries(roles)) {
    await api.post(path, { slug, name: slug });
    const { status } = await api.put(`${path}/${slug}/permissions`, { permissions });
    expect(status).toBe(200);
  }
}

const providerOf = (source: 'directory' | 'sso', organizationId: string) => ({
  source,
  providerId: `${source}_of_${organizationId}`,
});

async function mapGroups(environment: TestEnvironment, organizationId: string): Promise<void> {
  for (const source of ['directory', 'sso'] as const) {
    const mappings = Object.entries(matrix.groups[source]).map(([groupId, roleSlug]) => ({
      groupId,
      roleSlug,
    }));
    await inEnvironment({ ...server, id: environment.id }, (tx) =>
      setGroupMappings(tx, organizationId, providerOf(source, organizationId), mappings),
    );
  }
}

async function makeStage(mode: Mode): Promise<Stage> {
  const environment = await server.addEnvironment('sandbox');
  const { api } = environment;
  await api.patch('/management/settings', { roles: { multiple_roles_enabled: mode === 'multiple' } });
  const granted = [...Object.values(matrix.roles), ...Object.values(matrix.forked.roles)].flat();
  for (const slug of new Set(granted)) await api.post('/authorization/permissions', { slug, name: slug });
  await makeRoles(api, '/authorization/roles', matrix.roles);
  await api.patch('/management/role_configuration', { role_slugs: Object.keys(matrix.roles) });
  const organizations = { plain: await makeOrganization(api), forked: await makeOrganization(api) };
  const { order, default: defaultSlug, roles } = matrix.forked;
  await makeRoles(api, `/authorization/organizations/${organizations.forked}/roles`, roles);
  const configured = await api.patch(`/management/organizations/${organizations.forked}/role_configuration`, {
    default_role_slug: defaultSlug,
    role_slugs: order,
  });
  expect(configured.body).toMatchObject({ default_role_slug: defaultSlug, role_slugs: order });
  await mapGroups(environment, organizations.plain);
  await mapGroups(environment, organizations.forked);
  return { environment, organizations };
}

beforeAll(async () => {
  stages.single = await makeStage('single');
  stages.multiple = await makeStage('multiple');
});

async function take({ environment }: Stage, membership: { id: string; organization_id: string }, step: Step) {
  for (const source of ['directory', 'sso'] as const) {
    const groupIds = step[source];
    if (groupIds === undefined) continue;
    const groups = { ...providerOf(source, membership.organization_id), groupIds };
    await inEnvironment({ ...server, id: environment.id }, (tx) =>
      assignRolesFromGroups(tx, membership.id, groups),
    );
  }
  if (step.call === undefined) return;
  const { status, body } = await environment.api.put(
    `/user_management/organization_memberships/${membership.id}`,
    { role_slugs: step.call },
  );
  expect([status, body.code]).toEqual(step.refused ? [422, step.refused] : [200, undefined]);
}

/** The roles of a profile or directory user of the last groups; those of the case when it ends with a call. */
async function rolesOfProfile(
  { environment }: Stage,
  organizationId: string,
  steps: readonly Step[],
  roles: readonly string[],
): Promise<readonly string[]> {
  const last = steps.at(-1) ?? {};
  const source = last.directory ? 'directory' : 'sso';
  const groupIds = last[source];
  if (groupIds === undefined) return roles;
  const groups = { ...providerOf(source, organizationId), groupIds };
  const found = await inEnvironment({ ...server, id: environment.id }, (tx) =>
    listRolesFromGroups(tx, organizationId, groups),
  );
  return found.map(({ slug }) => slug);
}

describe.each(matrix.cases)('$mode, $organization: $name', ({ mode, organization, steps, ...expected }) => {
  test('membership, token and explanation agree', async () => {
    const stage = stages[mode];
    const { api, id: environmentId } = stage.environment;
    const [first, ...later] = steps;
    const organization_id = stage.organizations[organization ?? 'plain'];
    const user_id = await makeUser(api, { email_verified: true });
    const join = first?.join ?? 'none';
    const membership = await makeMembership(api, {
      user_id,
      organization_id,
      ...(join === 'none' ? {} : { role_slugs: join }),
    });
    for (const step of later) await take(stage, membership, step);

    const { body } = await api.get(`/user_management/organization_memberships/${membership.id}`);
    expect(body.roles).toEqual(expected.roles.map((slug) => ({ slug })));
    expect(body.role).toEqual({ slug: expected.roles[0] });
    const { access_token } = await signIn(
      { ...server, ...stage.environment },
      { userId: user_id, organizationId: organization_id, environmentId },
    );
    expect(decodeJwt(access_token)).toMatchObject({
      org_id: organization_id,
      role: expected.roles[0],
      roles: expected.roles,
      permissions: expected.permissions,
    });
    const { body: access } = await api.get(`/management/organization_memberships/${membership.id}/access`);
    expect(access.roles.map(({ slug }: { slug: string }) => slug)).toEqual(expected.roles);
    expect(access.roles.flatMap(({ sources }: { sources: string[] }) => sources)).toEqual(expected.sources);
    expect(access.permissions.map(({ slug }: { slug: string }) => slug)).toEqual(expected.permissions);
    expect(await rolesOfProfile(stage, organization_id, steps, expected.roles)).toEqual(expected.roles);
  });
});
