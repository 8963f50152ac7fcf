import type { Tx } from '../../platform/transaction.ts';
import {
  getConfiguration,
  getOrganizationConfiguration,
  updateConfiguration,
  updateOrganizationConfiguration,
} from './configuration/configuration.ts';
import type { CreatePermission } from './permissions/contract.ts';
import { createPermission, updatePermission } from './permissions/permissions.ts';
import { findPermission } from './permissions/store.ts';
import type { CreateRole } from './roles/contract.ts';
import {
  createOrganizationRole,
  setOrganizationRolePermissions,
  updateOrganizationRole,
} from './roles/organization-roles.ts';
import { createRole, setRolePermissions, updateRole } from './roles/roles.ts';
import { findRole } from './roles/store.ts';

/**
 * Makes sure of a permission: one that exists keeps what is not mentioned.
 * @throws ApiError 403 for one of the product that would be changed
 */
export async function providePermission(tx: Tx, input: CreatePermission): Promise<void> {
  const present = await findPermission(tx, input.slug);
  if (!present) {
    await createPermission(tx, input);
    return;
  }
  const { name, description = present.description } = input;
  const isSame = name === present.name && description === present.description;
  if (!isSame) await updatePermission(tx, input.slug, input);
}

export type ProvidedRole = CreateRole & { permissions: readonly string[] };

/**
 * Makes sure of a role, of the environment or of an organization: one that exists keeps what is not mentioned, the
 * permissions that it has among it.
 */
export async function provideRole(tx: Tx, organizationId: string | null, input: ProvidedRole): Promise<void> {
  const { slug, permissions } = input;
  const name = { slug, organizationId };
  const found = await findRole(tx, name);
  const present = found?.organization_id === organizationId ? found : null;
  const wanted = [...(present?.granted ?? []), ...permissions];
  if (organizationId === null) {
    await (present ? updateRole(tx, slug, input) : createRole(tx, input));
    await setRolePermissions(tx, slug, wanted);
    return;
  }
  if (present) await updateOrganizationRole(tx, name, input);
  else await createOrganizationRole(tx, organizationId, input);
  await setOrganizationRolePermissions(tx, name, wanted);
}

export interface ProvidedConfiguration {
  /** Null to leave it. */
  defaultSlug: string | null;
  /** Put at the top, in this order; the others follow as they are. */
  firstSlugs: readonly string[];
}

/** Makes sure of a default role and of what stands at the top of the order; an order that holds already is not written. */
export async function provideConfiguration(
  tx: Tx,
  organizationId: string | null,
  { defaultSlug, firstSlugs }: ProvidedConfiguration,
): Promise<void> {
  const current =
    organizationId === null
      ? await getConfiguration(tx)
      : await getOrganizationConfiguration(tx, organizationId);
  const order = [...new Set([...firstSlugs, ...current.role_slugs])];
  const input = {
    ...(defaultSlug !== null && defaultSlug !== current.default_role_slug
      ? { default_role_slug: defaultSlug }
      : {}),
    ...(order.some((slug, place) => slug !== current.role_slugs[place]) ? { role_slugs: order } : {}),
  };
  if (Object.keys(input).length === 0) return;
  if (organizationId === null) await updateConfiguration(tx, input);
  else await updateOrganizationConfiguration(tx, organizationId, input);
}
