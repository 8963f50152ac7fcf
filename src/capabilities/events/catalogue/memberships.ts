import { family } from './family.ts';
import { changed, ids, made } from './samples.ts';

const membership = {
  object: 'organization_membership',
  id: ids.membership,
  user_id: ids.user,
  organization_id: ids.organization,
  status: 'active',
  role: { slug: 'member' },
  roles: [{ slug: 'member' }],
  custom_attributes: {},
  directory_managed: false,
  ...made,
};

export const membershipEvents = family('memberships', {
  'organization_membership.created': { when: 'A person joined an organization.', sample: membership },
  'organization_membership.updated': {
    when: 'The roles or the status of a membership changed.',
    sample: { ...membership, role: { slug: 'admin' }, roles: [{ slug: 'admin' }], ...changed },
    previous: { role: { slug: 'member' }, roles: [{ slug: 'member' }] },
  },
  'organization_membership.deleted': {
    when: 'A person is no longer in an organization.',
    sample: { ...membership, ...changed },
  },
});
