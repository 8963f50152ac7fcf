import { z } from 'zod';
import { Timestamp } from '../../../platform/contract.ts';
import { family } from './family.ts';
import { changed, ids, made } from './samples.ts';

const Group = z.strictObject({
  object: z.literal('group'),
  id: z.string(),
  organization_id: z.string(),
  name: z.string(),
  description: z.string().nullable(),
  created_at: Timestamp,
  updated_at: Timestamp,
});

const GroupMember = z.strictObject({ group_id: z.string(), organization_membership_id: z.string() });

const group = {
  object: 'group',
  id: 'group_01KJPY44E0HRYDPMP0HFBQGVT2',
  organization_id: ids.organization,
  name: 'Auditors',
  description: 'May read everything.',
  ...made,
};

const member = {
  planned: GroupMember,
  sample: { group_id: group.id, organization_membership_id: ids.membership },
};

export const groupEvents = family('groups', {
  'group.created': { when: 'A group of an organization was made.', planned: Group, sample: group },
  'group.updated': {
    when: 'A group of an organization was changed.',
    planned: Group,
    sample: { ...group, name: 'Internal audit', ...changed },
    previous: { name: 'Auditors' },
  },
  'group.deleted': {
    when: 'A group of an organization was deleted.',
    planned: Group,
    sample: { ...group, ...changed },
  },
  'group.member_added': { when: 'A membership joined a group.', ...member },
  'group.member_removed': { when: 'A membership left a group.', ...member },
});
