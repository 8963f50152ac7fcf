import { provideConfiguration, providePermission, provideRole } from '../capabilities/authorization/index.ts';
import { findOrganization, findOrganizationByName } from '../capabilities/organizations/index.ts';
import { notFound } from '../platform/errors.ts';
import type { Tx } from '../platform/transaction.ts';
import type { SeedPermission, SeedRole } from './schema.ts';

/** Permissions are named by slug: one that exists keeps what the seed does not mention. */
export function provideSeedPermission(tx: Tx, seed: SeedPermission): Promise<void> {
  return providePermission(tx, { ...seed, resource_type_slug: 'organization' });
}

/** True for the role of one organization, which is made after that. */
export const isOfOrganization = ({ type, organization, organization_id }: SeedRole): boolean =>
  type === 'OrganizationRole' || organization !== undefined || organization_id !== undefined;

/** Roles are named by slug: one that exists keeps what the seed does not mention, its permissions too. */
export async function provideSeedRole(tx: Tx, seed: SeedRole): Promise<void> {
  const { slug, name, description, permissions } = seed;
  const organizationId = isOfOrganization(seed) ? await organizationOf(tx, seed) : null;
  await provideRole(tx, organizationId, {
    slug,
    name,
    description,
    permissions,
    resource_type_slug: 'organization',
  });
}

/** After all roles are there: the default, and the order of those that say their priority. */
export async function provideRoleConfigurations(tx: Tx, roles: readonly SeedRole[]): Promise<void> {
  const byOrganization = new Map<string | null, SeedRole[]>();
  for (const role of roles) {
    const organizationId = isOfOrganization(role) ? await organizationOf(tx, role) : null;
    byOrganization.set(organizationId, [...(byOrganization.get(organizationId) ?? []), role]);
  }
  for (const [organizationId, seeds] of byOrganization) {
    const placed = seeds.filter(({ priority }) => priority !== undefined);
    await provideConfiguration(tx, organizationId, {
      defaultSlug: seeds.find(({ is_default_role: isDefault }) => isDefault)?.slug ?? null,
      firstSlugs: placed.toSorted((a, b) => (a.priority ?? 0) - (b.priority ?? 0)).map(({ slug }) => slug),
    });
  }
}

/** Organizations are named by name or id. */
async function organizationOf(tx: Tx, { organization, organization_id }: SeedRole): Promise<string> {
  const name = organization ?? organization_id ?? '';
  const found = (await findOrganizationByName(tx, name)) ?? (await findOrganization(tx, name));
  if (!found) throw notFound('Organization', name);
  return found.id;
}
