import { ById } from '../../platform/contract.ts';
import { type Operation, byKey, operation, unknownId } from '../../platform/operation.ts';
import {
  CreateMembership,
  ListMemberships,
  Membership,
  MembershipList,
  RoleRefusal,
  UpdateMembership,
} from './contract.ts';
import {
  createMembership,
  deactivateMembership,
  deleteMembership,
  getMembership,
  listMemberships,
  reactivateMembership,
  updateMembership,
} from './memberships.ts';

const path = '/user_management/organization_memberships';
const notFound = unknownId('organization membership');
const roleErrors = [
  {
    status: 422,
    code: 'invalid_request_parameters',
    when: 'A field is missing or malformed.',
    schema: RoleRefusal,
  },
  {
    status: 422,
    code: 'invalid_role',
    when: 'The organization does not have the role that role_slug names.',
  },
  {
    status: 422,
    code: 'multiple_roles_not_enabled',
    when: 'Several roles were sent and the environment gives one to each membership.',
  },
];
const invalidId = { status: 422, code: 'invalid_request_parameters', when: 'The id is malformed.' };
const cannotReactivate = {
  status: 400,
  code: 'cannot_reactivate_pending_organization_membership',
  when: 'The membership waits for its invitation.',
};

export const membershipOperations: readonly Operation[] = [
  operation({
    ...byKey,
    id: 'organization_memberships.create',
    summary: 'Make a user a member of an organization',
    method: 'POST',
    path,
    permission: 'organization_memberships:write',
    body: CreateMembership,
    returns: { 201: Membership },
    errors: [
      unknownId('user or organization'),
      cannotReactivate,
      ...roleErrors,
      {
        status: 422,
        code: 'organization_membership_already_exists',
        when: 'The user is an active member of the organization.',
      },
    ],
    run: (tx, { body }) => createMembership(tx, body),
  }),
  operation({
    ...byKey,
    id: 'organization_memberships.list',
    summary: 'List the memberships of a user or an organization',
    method: 'GET',
    path,
    permission: 'organization_memberships:read',
    query: ListMemberships,
    returns: { 200: MembershipList },
    errors: [
      {
        status: 400,
        code: 'missing_user_id_or_organization_id',
        when: 'Neither user_id nor organization_id was sent.',
      },
      unknownId('user or organization'),
      { status: 422, code: 'validation_failed', when: 'A parameter or cursor is not valid.' },
    ],
    run: (reader, { query }) => listMemberships(reader, query),
  }),
  operation({
    ...byKey,
    id: 'organization_memberships.get',
    summary: 'Get an organization membership',
    method: 'GET',
    path: `${path}/{id}`,
    permission: 'organization_memberships:read',
    params: ById,
    returns: { 200: Membership },
    errors: [notFound],
    run: (reader, { params }) => getMembership(reader, params.id),
  }),
  operation({
    ...byKey,
    id: 'organization_memberships.update',
    summary: "Change a member's roles",
    method: 'PUT',
    path: `${path}/{id}`,
    permission: 'organization_memberships:write',
    params: ById,
    body: UpdateMembership,
    returns: { 200: Membership },
    errors: [notFound, ...roleErrors],
    run: (tx, { params, body }) => updateMembership(tx, params.id, body),
  }),
  operation({
    ...byKey,
    id: 'organization_memberships.deactivate',
    summary: 'Deactivate a member',
    method: 'PUT',
    path: `${path}/{id}/deactivate`,
    permission: 'organization_memberships:write',
    params: ById,
    returns: { 200: Membership },
    errors: [
      notFound,
      {
        status: 400,
        code: 'cannot_deactivate_pending_organization_membership',
        when: 'The membership waits for its invitation.',
      },
      invalidId,
    ],
    run: (tx, { params }) => deactivateMembership(tx, params.id),
  }),
  operation({
    ...byKey,
    id: 'organization_memberships.reactivate',
    summary: 'Make a deactivated member active again',
    method: 'PUT',
    path: `${path}/{id}/reactivate`,
    permission: 'organization_memberships:write',
    params: ById,
    returns: { 200: Membership },
    errors: [notFound, cannotReactivate, invalidId],
    run: (tx, { params }) => reactivateMembership(tx, params.id),
  }),
  operation({
    ...byKey,
    id: 'organization_memberships.delete',
    summary: 'Delete an organization membership',
    method: 'DELETE',
    path: `${path}/{id}`,
    permission: 'organization_memberships:write',
    params: ById,
    returns: { 200: null },
    errors: [notFound],
    run: (tx, { params }) => deleteMembership(tx, params.id),
  }),
];
