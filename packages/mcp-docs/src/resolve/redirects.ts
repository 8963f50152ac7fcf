// Where pages went when products were renamed. A rule is tried only when nothing stands at the path itself, and counts
// only when its target exists, so that the same list serves trees from before and after a change.

export type Redirect = readonly [from: RegExp, to: string];

export const REDIRECTS: readonly Redirect[] = [
  [/^user-management\/authkit(?=\/|$)/, 'authkit/hosted-ui'],
  [/^user-management\/widgets(?=\/|$)/, 'widgets'],
  [/^user-management\/entitlements(?=\/|$)/, 'authkit/add-ons/stripe'],
  [/^user-management\/(?:authentication|introduction)$/, 'authkit'],
  [/^(?:authkit|user-management)\/roles(?=\/|$)/, 'authkit/roles-and-permissions'],
  [/^user-management(?=\/|$)/, 'authkit'],
  [/^reference\/user-management\/access-token(?=\/|$)/, 'reference/authkit/session-tokens/access-token'],
  [/^reference\/user-management(?=\/|$)/, 'reference/authkit'],
  [/^authkit\/hosted-ui(?=\/|$)/, 'user-management/authkit'],
  [/^authkit\/add-ons\/stripe(?=\/|$)/, 'user-management/entitlements'],
  [/^authkit(?=\/|$)/, 'user-management'],
  [/^widgets(?=\/|$)/, 'user-management/widgets'],
  [/^reference\/authkit(?=\/|$)/, 'reference/user-management'],
  [/^reference\/organization-domain(?=\/|$)/, 'reference/domain-verification'],
  [/^reference\/domain-verification(?=\/|$)/, 'reference/organization-domain'],
  [/^reference\/(?:api-keys|authentication)$/, 'reference/api-authentication'],
  [/^reference\/api-authentication(?=\/|$)/, 'reference/api-keys'],
  [/^reference\/idempotency$/, 'reference/audit-logs/event/create'],
  [/^reference\/fga\/check$/, 'reference/fga/access-check/check'],
  [/^reference\/fga\/batch-check$/, 'reference/fga/access-check'],
  [/^reference\/fga\/query$/, 'reference/fga/access-check/list-resources'],
  [/^reference\/audit-logs\/(create|get)-(event|schema|export|retention)$/, 'reference/audit-logs/$2/$1'],
  [/^reference\/audit-logs\/set-retention$/, 'reference/audit-logs/retention/set'],
  [/^reference\/audit-logs\/list-schemas$/, 'reference/audit-logs/schema/list'],
  [/^reference\/audit-logs\/list-actions$/, 'reference/audit-logs/schema/list-actions'],
  [/^reference\/audit-logs\/audit-log-(schema|export)$/, 'reference/audit-logs/$1'],
  [/^reference\/mfa\/authentication-(factor|challenge)$/, 'reference/mfa/$1'],
  [/^reference\/mfa\/(enroll|get|delete)-factor$/, 'reference/mfa/factor/$1'],
  [/^reference\/mfa\/challenge-factor$/, 'reference/mfa/challenge/create'],
  [/^reference\/mfa\/verify-challenge$/, 'reference/mfa/challenge/verify'],
  [/^reference\/roles\/list-for-organization$/, 'reference/roles/organization-role/list'],
  [/^reference\/fga\/warrant\/batch-write$/, 'reference/fga/role-assignment'],
  [/^reference\/fga\/resource\/batch-write$/, 'reference/fga/resource'],
  [/^fga\/(?:playground|operations-usage|local-development)$/, 'fga'],
  [/^integrations\/supabase$/, 'integrations/supabase-authkit'],
  [/^reference\/fga\/warrant(?=\/|$)/, 'reference/fga/role-assignment'],
  [/^reference\/fga\/(?:resource-type|schema|policy)(?:\/.*)?$/, 'fga/resource-types'],
  [/^fga\/(?:schema|schema-management)$/, 'fga/resource-types'],
  [/^fga\/(?:warrants|warrant-tokens)$/, 'fga/assignments'],
  [/^fga\/query-language$/, 'fga/resource-discovery'],
  [/^fga\/policies$/, 'fga/roles-and-permissions'],
  [/^fga\/modeling\/[^/]+$/, 'fga/roles-and-permissions'],
  [/^fga\/identity-provider-sessions$/, 'fga/idp-role-assignment'],
  [/^webhooks(?:\/(?:overview|introduction))?$/, 'events/data-syncing/webhooks'],
  [/^reference\/webhooks?$/, 'events/data-syncing/webhooks'],
  [/^(?:authkit|user-management)\/role-based-access-control$/, 'authkit/roles-and-permissions'],
  [/^roles-and-permissions$/, 'rbac'],
  [/^roles$/, 'rbac'],
  [/^(?:dsync|scim)(?=\/|$)/, 'directory-sync'],
  [/^(?:saml|oidc)$/, 'integrations/$&'],
  [/^magic-auth(?=\/|$)/, 'authkit/magic-auth'],
  [/^connect(?=\/|$)/, 'authkit/connect'],
  [/^mcp$/, 'authkit/mcp'],
  [/^radar$/, 'authkit/radar'],
  [/^reference\/connect(?=\/|$)/, 'reference/workos-connect'],
  [/^reference\/organizations(?=\/|$)/, 'reference/organization'],
  [/^reference\/users(?=\/|$)/, 'reference/authkit/user'],
  [/^libraries(?=\/|$)/, 'sdks'],
];

/** The paths that a path may have become, best first; `own` are the redirects that the corpus itself brings. */
export function redirectsOf(path: string, own: Readonly<Record<string, string>>): string[] {
  const exact = own[path];
  const byRule = REDIRECTS.filter(([from]) => from.test(path)).map(([from, to]) => path.replace(from, to));
  return exact === undefined ? byRule : [exact, ...byRule];
}
