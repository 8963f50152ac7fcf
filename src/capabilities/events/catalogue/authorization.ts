import { family } from './family.ts';
import { changed, ids, made } from './samples.ts';

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
  'role.created': { when: 'A role of the environment was made.', sample: role },
  'role.updated': {
    when: 'A role of the environment was changed, or its permissions were.',
    sample: { ...role, permissions: ['reports:read'], ...changed },
    previous: { permissions: ['reports:read', 'reports:write'] },
  },
  'role.deleted': {
    when: 'A role of the environment was deleted.',
    sample: { ...role, ...changed },
  },
  'organization_role.created': {
    when: 'A role of one organization was made.',
    sample: organizationRole,
  },
  'organization_role.updated': {
    when: 'A role of one organization was changed, or its permissions were.',
    sample: { ...organizationRole, name: 'Internal auditor', ...changed },
    previous: { name: 'Auditor' },
  },
  'organization_role.deleted': {
    when: 'A role of one organization was deleted, alone or with the organization.',
    sample: { ...organizationRole, ...changed },
  },
  'permission.created': { when: 'A permission was made.', sample: permission },
  'permission.updated': {
    when: 'A permission was renamed or described anew.',
    sample: { ...permission, name: 'View reports', ...changed },
    previous: { name: 'Read reports' },
  },
  'permission.deleted': {
    when: 'A permission was deleted; roles that held it are updated.',
    sample: { ...permission, ...changed },
  },
});
