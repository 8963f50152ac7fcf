import { notFound } from '../../../platform/errors.ts';
import type { Reader } from '../../../platform/scope.ts';
import type { Access, ExplainedAccess } from './contract.ts';
import * as store from './store.ts';

/** What a membership may do, or null when there is none. Tokens and checks ask here, or embed `accessOfMembership`. */
export function resolveAccess(
  reader: Reader,
  { membershipId }: { membershipId: string },
): Promise<Access | null> {
  return store.findAccess(reader, membershipId);
}

/** What a membership may do, which of its roles grants each permission, and who gave it these roles. */
export async function explainAccess(reader: Reader, membershipId: string): Promise<ExplainedAccess> {
  const found = await store.findGrants(reader, membershipId);
  if (!found) throw notFound('Organization membership', membershipId);
  const grantedBy = new Map<string, string[]>();
  for (const { slug, permissions } of found.grants) {
    for (const permission of permissions) {
      grantedBy.set(permission, [...(grantedBy.get(permission) ?? []), slug]);
    }
  }
  return {
    object: 'access',
    organization_membership_id: membershipId,
    organization_id: found.organization_id,
    roles: found.grants.map(({ slug, name, type, sources }) => ({
      slug,
      name,
      type,
      // Nothing is recorded of a role that nobody gave.
      sources: sources.length > 0 ? sources : ['default'],
    })),
    permissions: [...grantedBy.keys()].sort().map((slug) => ({ slug, roles: grantedBy.get(slug) ?? [] })),
  };
}
