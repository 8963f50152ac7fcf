import { z } from 'zod';
import { Timestamp } from '../../../platform/contract.ts';
import { family } from './family.ts';
import { changed, ids, made } from './samples.ts';

const Role = z.strictObject({
  object: z.literal('role'),
  slug: z.string(),
  resource_type_slug: z.string(),
  permissions: z.array(z.string()),
  created_at: Timestamp,
  updated_at: Timestamp,
});

const OrganizationRole = z.strictObject({
  object: z.literal('organization_role'),
  organization_id: z.string(),
  slug: z.string(),
  name: z.string(),
  description: z.string().nullable(),
  resource_type_slug: z.string(),
  permissions: z.array(z.string()),
  created_at: Timestamp,
  updated_at: Timestamp,
});

const Permission = z.strictObject({
  object: z.literal('permission'),
  id: z.string(),
  slug: z.string(),
  name: z.string(),
  description: z.string().nullable(),
  system: z.boolean(),
  resource_type_slug: z.string(),
  created_at: Timestamp,
  updated_at: Timestamp,
});

const role = {
  object: 'role',
  slug: 'editor',
  resource_type_slug: 'organization',
  permissions: ['reports:read', 'reports:write'],
  ...made,
};

const organizationRole = {
  object: 'organization_role',
  organization_id: ids.organization,
  slug: 'org-auditor',
  name: 'Auditor',
  description: 'May read every report.',
  resource_type_slug: 'organization',
  permissions: ['reports:read'],
  ...made,
};

const permission = {
  object: 'permission',
  id: 'perm_01KJPY44E0NNVC7WTBERFQBFJF',
  slug: 'reports:read',
  name: 'Read reports',
  description: 'See every report of the organization.',
  system: false,
  resource_type_slug: 'organization',
  ...made,
};

export const authorizationEvents = family('authorization', {
  'role.created': { when: 'A role of the environment was made.', planned: Role, sample: role },
  'role.updated': {
    when: 'A role of the environment was changed, or its permissions were.',
    planned: Role,
    sample: { ...role, permissions: ['reports:read'], ...changed },
    previous: { permissions: ['reports:read', 'reports:write'] },
  },
  'role.deleted': {
    when: 'A role of the environment was deleted.',
    planned: Role,
    sample: { ...role, ...changed },
  },
  'organization_role.created': {
    when: 'A role of one organization was made.',
    planned: OrganizationRole,
    sample: organizationRole,
  },
  'organization_role.updated': {
    when: 'A role of one organization was changed, or its permissions were.',
    planned: OrganizationRole,
    sample: { ...organizationRole, name: 'Internal auditor', ...changed },
    previous: { name: 'Auditor' },
  },
  'organization_role.deleted': {
    when: 'A role of one organization was deleted.',
    planned: OrganizationRole,
    sample: { ...organizationRole, ...changed },
  },
  'permission.created': { when: 'A permission was made.', planned: Permission, sample: permission },
  'permission.updated': {
    when: 'A permission was renamed or described anew.',
    planned: Permission,
    sample: { ...permission, name: 'View reports', ...changed },
    previous: { name: 'Read reports' },
  },
  'permission.deleted': {
    when: 'A permission was deleted; roles that held it are updated.',
    planned: Permission,
    sample: { ...permission, ...changed },
  },
});
