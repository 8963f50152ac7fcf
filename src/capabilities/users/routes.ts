import { z } from 'zod';
import { ById } from '../../platform/contract.ts';
import { type Operation, byKey, operation, unknownId } from '../../platform/operation.ts';
import type { PasswordHasher } from '../../platform/password-hashing.ts';
import { CreateUser, ListUsers, UpdateUser, User, UserList } from './contract.ts';
import { prepareNewPassword } from './credentials/passwords.ts';
import { Identity } from './identities/contract.ts';
import { listIdentities } from './identities/store.ts';
import { createUser, deleteUser, getUser, getUserByExternalId, listUsers, updateUser } from './users.ts';

const notFound = unknownId('user');
const invalidInput = {
  status: 422,
  code: 'invalid_request_parameters',
  when: 'A field is missing or malformed.',
};
const writeErrors = [
  {
    status: 400,
    code: 'password_strength_error',
    when: 'The password breaks the policy; errors say which rule.',
  },
  { status: 400, code: 'invalid_password_hash', when: 'The hash is malformed or out of bounds.' },
  { status: 400, code: 'password_and_password_hash_provided', when: 'Both were sent.' },
  { status: 400, code: 'password_and_password_hash_type_provided', when: 'Both were sent.' },
  {
    status: 400,
    code: 'password_salt_position_requires_password_hash',
    when: 'A salt position was sent without a hash.',
  },
  { status: 400, code: 'invalid_metadata', when: 'Metadata passes its limits.' },
  invalidInput,
];

export interface UserDeps {
  passwordHasher: PasswordHasher;
}

export function userOperations({ passwordHasher }: UserDeps): readonly Operation[] {
  return [
    operation({
      ...byKey,
      id: 'users.create',
      summary: 'Create a user',
      method: 'POST',
      path: '/user_management/users',
      permission: 'users:write',
      body: CreateUser,
      returns: { 201: User },
      errors: [
        {
          status: 400,
          code: 'user_creation_error',
          when: 'Another user has the email address or external id; errors say which.',
        },
        ...writeErrors,
      ],
      prepare: (reader, { body }) =>
        prepareNewPassword(reader, passwordHasher, body, {
          userId: null,
          email: body.email,
          firstName: body.first_name,
          lastName: body.last_name,
        }),
      run: (tx, { body, prepared }) => createUser(tx, body, prepared),
    }),
    operation({
      ...byKey,
      id: 'users.update',
      summary: 'Update a user',
      method: 'PUT',
      path: '/user_management/users/{id}',
      permission: 'users:write',
      params: ById,
      body: UpdateUser,
      returns: { 200: User },
      errors: [
        notFound,
        ...writeErrors,
        { status: 400, code: 'external_id_already_used', when: 'Another user has the external id.' },
        { status: 400, code: 'email_not_available', when: 'Another user has the email address.' },
        { status: 400, code: 'invalid_email', when: 'The email address is malformed.' },
        { status: 400, code: 'invalid_locale', when: 'The locale is no language tag.' },
      ],
      prepare: async (reader, { params, body }) => {
        const user = await getUser(reader, params.id);
        return prepareNewPassword(reader, passwordHasher, body, {
          userId: user.id,
          email: body.email ?? user.email,
          firstName: body.first_name ?? user.first_name,
          lastName: body.last_name ?? user.last_name,
        });
      },
      run: (tx, { params, body, prepared }) => updateUser(tx, params.id, body, prepared),
    }),
    ...plainOperations,
  ];
}

const plainOperations: readonly Operation[] = [
  operation({
    ...byKey,
    id: 'users.list',
    summary: 'List users',
    method: 'GET',
    path: '/user_management/users',
    permission: 'users:read',
    query: ListUsers,
    returns: { 200: UserList },
    errors: [{ status: 422, code: 'validation_failed', when: 'A parameter or cursor is not valid.' }],
    run: (reader, { query }) => listUsers(reader, query),
  }),
  operation({
    ...byKey,
    id: 'users.get_by_external_id',
    summary: 'Get a user by your own id for them',
    method: 'GET',
    path: '/user_management/users/external_id/{external_id}',
    permission: 'users:read',
    params: z.object({ external_id: z.string() }),
    returns: { 200: User },
    errors: [notFound],
    run: (reader, { params }) => getUserByExternalId(reader, params.external_id),
  }),
  operation({
    ...byKey,
    id: 'users.get',
    summary: 'Get a user',
    method: 'GET',
    path: '/user_management/users/{id}',
    permission: 'users:read',
    params: ById,
    returns: { 200: User },
    errors: [notFound],
    run: (reader, { params }) => getUser(reader, params.id),
  }),
  operation({
    ...byKey,
    id: 'users.delete',
    summary: 'Delete a user',
    method: 'DELETE',
    path: '/user_management/users/{id}',
    permission: 'users:write',
    params: ById,
    returns: { 200: null },
    errors: [notFound],
    run: (tx, { params }) => deleteUser(tx, params.id),
  }),
  operation({
    ...byKey,
    id: 'users.list_identities',
    summary: "List a user's identities at OAuth providers",
    method: 'GET',
    path: '/user_management/users/{id}/identities',
    permission: 'users:read',
    params: ById,
    returns: { 200: z.array(Identity) },
    errors: [notFound],
    run: async (reader, { params }) => {
      const user = await getUser(reader, params.id);
      return listIdentities(reader, user.id);
    },
  }),
];
