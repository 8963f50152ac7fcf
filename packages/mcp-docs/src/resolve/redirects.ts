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
