/** Permissions that every environment has from its start: what its members may do in the embedded widgets. */
export const systemPermissions: readonly { slug: string; name: string }[] = [
  { slug: 'widgets:users-table:manage', name: 'Manage users' },
  { slug: 'widgets:domain-verification:manage', name: 'Verify domains' },
  { slug: 'widgets:sso:manage', name: 'Set up single sign-on' },
  { slug: 'widgets:api-keys:manage', name: 'Manage API keys' },
  { slug: 'widgets:dsync:manage', name: 'Set up directory sync' },
  { slug: 'widgets:audit-log-streaming:manage', name: 'Stream audit logs' },
  { slug: 'widgets:pipes:manage', name: 'Connect accounts' },
];
