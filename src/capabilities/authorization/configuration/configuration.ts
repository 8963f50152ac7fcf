import { ApiError, invalidField, notFound } from '../../../platform/errors.ts';
import type { Reader } from '../../../platform/scope.ts';
import type { Tx } from '../../../platform/transaction.ts';
import { isOrganization } from '../../organizations/index.ts';
import { type RoleRow, holdRole, listRoles, listRolesOfOrganization } from '../roles/store.ts';
import type { RoleConfiguration, UpdateRoleConfiguration } from './contract.ts';
import * as store from './store.ts';

export async function getConfiguration(reader: Reader): Promise<RoleConfiguration> {
  const roles = await listRoles(reader);
  return {
    object: 'role_configuration',
    organization_id: null,
    inherited: false,
    default_role_slug: await store.findDefaultSlug(reader),
    role_slugs: roles.map(({ slug }) => slug),
  };
}

export async function getOrganizationConfiguration(
  reader: Reader,
  organizationId: string,
): Promise<RoleConfiguration> {
  if (!(await isOrganization(reader, organizationId))) throw notFound('Organization', organizationId);
  const ownDefault = await store.findOwnDefault(reader, organizationId);
  if (ownDefault === null) {
    return { ...(await getConfiguration(reader)), organization_id: organizationId, inherited: true };
  }
  const roles = await listRolesOfOrganization(reader, organizationId);
  return {
    object: 'role_configuration',
    organization_id: organizationId,
    inherited: false,
    default_role_slug: ownDefault.slug,
    role_slugs: roles.map(({ slug }) => slug),
  };
}

/** Sets the default role, the order of priority, or both; organizations with their own keep that. */
export async function updateConfiguration(
  tx: Tx,
  input: UpdateRoleConfiguration,
): Promise<RoleConfiguration> {
  await store.lockConfiguration(tx);
  const { default_role_slug: defaultSlug, role_slugs: slugs } = input;
  if (slugs !== undefined) await store.setOrder(tx, idsInOrder(await listRoles(tx), slugs));
  if (defaultSlug !== undefined) {
    const role = await holdRole(tx, { slug: defaultSlug, organizationId: null });
    await store.setDefaultRole(tx, knownRole(role, defaultSlug).id);
  }
  return getConfiguration(tx);
}

/** As `updateConfiguration`, of an organization that has a role of its own. */
export async function updateOrganizationConfiguration(
  tx: Tx,
  organizationId: string,
  input: UpdateRoleConfiguration,
): Promise<RoleConfiguration> {
  await store.lockConfiguration(tx);
  const current = await getOrganizationConfiguration(tx, organizationId);
  if (current.inherited) {
    throw new ApiError('role_configuration_inherited', {
      status: 409,
      message: 'The organization follows the environment until it has a role of its own. Create one first.',
    });
  }
  const { default_role_slug: defaultSlug, role_slugs: slugs } = input;
  if (slugs !== undefined) {
    const roles = await listRolesOfOrganization(tx, organizationId);
    await store.setOwnOrder(tx, organizationId, idsInOrder(roles, slugs));
  }
  if (defaultSlug !== undefined) {
    const role = await holdRole(tx, { slug: defaultSlug, organizationId });
    await store.setOwnDefaultRole(tx, organizationId, knownRole(role, defaultSlug).id);
  }
  return getOrganizationConfiguration(tx, organizationId);
}

function knownRole(role: RoleRow | null, slug: string): RoleRow {
  if (role) return role;
  throw invalidField('default_role_slug', 'unknown_role', `There is no role '${slug}' to make the default.`);
}

/** @throws ApiError 422 unless each role is named exactly once */
function idsInOrder(roles: readonly RoleRow[], slugs: readonly string[]): string[] {
  const idOf = new Map(roles.map(({ slug, id }) => [slug, id]));
  const ids = [...new Set(slugs)].flatMap((slug) => idOf.get(slug) ?? []);
  if (ids.length === roles.length && slugs.length === roles.length) return ids;
  const message = `Name each role once: ${[...idOf.keys()].join(', ')}.`;
  throw invalidField('role_slugs', 'incomplete_order', message);
}
