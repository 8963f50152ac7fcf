import { z } from 'zod';
import { Timestamp } from '../../../platform/contract.ts';
import { family } from './family.ts';
import { changed, email, ids, made } from './samples.ts';

const directoryTypes = [
  'azure scim v2.0',
  'bamboohr',
  'breathe hr',
  'cezanne hr',
  'cyberark scim v2.0',
  'fourth hr',
  'generic scim v2.0',
  'gsuite directory',
  'gusto',
  'hibob',
  'jump cloud scim v2.0',
  'okta scim v2.0',
  'onelogin scim v2.0',
  'people hr',
  'personio',
  'pingfederate scim v2.0',
  'rippling scim v2.0',
  'rippling',
  'sailpoint scim v2.0',
  's3',
  'sftp',
  'sftp workday',
  'workday',
];

/** Events say `active` and `inactive` where the API says `linked` and `unlinked`. */
const DeletedDirectory = z.strictObject({
  object: z.literal('directory'),
  id: z.string(),
  organization_id: z.string().optional(),
  type: z.enum(directoryTypes),
  state: z.enum(['active', 'validating', 'invalid_credentials', 'inactive', 'deleting']),
  name: z.string(),
  created_at: Timestamp,
  updated_at: Timestamp,
});

const ActivatedDirectory = DeletedDirectory.extend({
  external_key: z.string(),
  domains: z.array(
    z.strictObject({ object: z.literal('organization_domain'), id: z.string(), domain: z.string() }),
  ),
});

const DirectoryToken = z.strictObject({
  object: z.literal('directory_token'),
  id: z.string(),
  directory_id: z.string(),
  organization_id: z.string().optional(),
  token_suffix: z.string(),
  created_at: Timestamp,
});

const Attributes = z.record(z.string(), z.unknown());
const PreviousAttributes = { previous_attributes: Attributes.optional() };
const Role = z.strictObject({ slug: z.string() });

const DirectoryGroup = z.strictObject({
  object: z.literal('directory_group'),
  id: z.string(),
  idp_id: z.string(),
  directory_id: z.string(),
  organization_id: z.string(),
  name: z.string(),
  raw_attributes: Attributes.optional(),
  created_at: Timestamp,
  updated_at: Timestamp,
});

/** Without the groups, which only the API answers. */
const DirectoryUser = z.strictObject({
  object: z.literal('directory_user'),
  id: z.string(),
  directory_id: z.string(),
  organization_id: z.string(),
  idp_id: z.string(),
  email: z.string().nullable(),
  first_name: z.string().nullable().optional(),
  last_name: z.string().nullable().optional(),
  name: z.string().nullable().optional(),
  emails: z
    .array(
      z.strictObject({
        primary: z.boolean().optional(),
        type: z.string().optional(),
        value: z.string().nullable().optional(),
      }),
    )
    .optional(),
  job_title: z.string().nullable().optional(),
  username: z.string().nullable().optional(),
  state: z.enum(['active', 'suspended', 'inactive']),
  raw_attributes: Attributes,
  custom_attributes: Attributes,
  role: Role.optional(),
  roles: z.array(Role).optional(),
  created_at: Timestamp,
  updated_at: Timestamp,
});

const GroupMember = z.strictObject({ directory_id: z.string(), user: DirectoryUser, group: DirectoryGroup });

const deletedDirectory = {
  object: 'directory',
  id: ids.directory,
  organization_id: ids.organization,
  type: 'okta scim v2.0',
  state: 'active',
  name: 'Northwind Okta',
  ...made,
};

const token = {
  object: 'directory_token',
  id: 'directory_token_01KJPY44E073PY641VCQQX5WW2',
  directory_id: ids.directory,
  organization_id: ids.organization,
  token_suffix: '9fKd',
  created_at: made.created_at,
};

const group = {
  object: 'directory_group',
  id: 'directory_group_01KJPY44E0CT56SDQQWM8V65SE',
  idp_id: '00g1f2m9qkXo7bTd4697',
  directory_id: ids.directory,
  organization_id: ids.organization,
  name: 'Engineering',
  raw_attributes: {},
  ...made,
};

const user = {
  object: 'directory_user',
  id: 'directory_user_01KJPY44E0QB16GZ46HZ371SE7',
  directory_id: ids.directory,
  organization_id: ids.organization,
  idp_id: '00u3c8v1xzLw5nRp2697',
  email,
  first_name: 'Maren',
  last_name: 'Holt',
  name: 'Maren Holt',
  emails: [],
  job_title: null,
  username: null,
  state: 'active',
  raw_attributes: {},
  custom_attributes: { department_name: 'Engineering', job_title: 'Platform engineer' },
  role: { slug: 'member' },
  roles: [{ slug: 'member' }],
  ...made,
};

const member = { planned: GroupMember, sample: { directory_id: ids.directory, user, group } };

export const directoryEvents = family('directories', {
  'dsync.activated': {
    when: 'A directory was connected and is synchronised from now on.',
    planned: ActivatedDirectory,
    sample: {
      ...deletedDirectory,
      external_key: 'Hq7sWb2dTz0vYc4R',
      domains: [{ object: 'organization_domain', id: ids.organizationDomain, domain: 'northwind.example' }],
    },
  },
  'dsync.deleted': {
    when: 'A directory was deleted, with its users and groups, which have no events of their own then; `state` is the one it had.',
    planned: DeletedDirectory,
    sample: { ...deletedDirectory, ...changed },
  },
  'dsync.token.created': {
    when: 'A SCIM token of a directory was made.',
    planned: DirectoryToken,
    isSubscribable: false,
    sample: token,
  },
  'dsync.token.revoked': {
    when: 'A SCIM token of a directory was revoked.',
    planned: DirectoryToken,
    isSubscribable: false,
    sample: token,
  },
  'dsync.user.created': { when: 'A person appeared in a directory.', planned: DirectoryUser, sample: user },
  'dsync.user.updated': {
    when: 'A person changed in a directory; suspending somebody is a change too.',
    planned: DirectoryUser.extend(PreviousAttributes),
    sample: {
      ...user,
      custom_attributes: { department_name: 'Engineering', job_title: 'Staff engineer' },
      ...changed,
      previous_attributes: { custom_attributes: { job_title: 'Platform engineer' } },
    },
  },
  'dsync.user.deleted': {
    when: 'A person is no longer in a directory.',
    planned: DirectoryUser,
    sample: { ...user, state: 'inactive', ...changed },
  },
  'dsync.group.created': { when: 'A group appeared in a directory.', planned: DirectoryGroup, sample: group },
  'dsync.group.updated': {
    when: 'A group was renamed in a directory.',
    planned: DirectoryGroup.extend(PreviousAttributes),
    sample: {
      ...group,
      name: 'Product engineering',
      ...changed,
      previous_attributes: { name: 'Engineering' },
    },
  },
  'dsync.group.deleted': {
    when: 'A group is no longer in a directory.',
    planned: DirectoryGroup,
    sample: { ...group, ...changed },
  },
  'dsync.group.user_added': { when: 'A person joined a group of a directory.', ...member },
  'dsync.group.user_removed': { when: 'A person left a group of a directory.', ...member },
});
