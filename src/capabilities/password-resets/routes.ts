import { ById } from '../../platform/contract.ts';
import { type Operation, byKey, operation, unknownId } from '../../platform/operation.ts';
import type { PasswordHasher } from '../../platform/password-hashing.ts';
import type { Quotas } from '../../platform/quota.ts';
import { emailKey } from '../users/index.ts';
import { ConfirmPasswordReset, CreatePasswordReset, PasswordReset, ResetUser } from './contract.ts';
import {
  type ResetDeps,
  confirmPasswordReset,
  createPasswordReset,
  getPasswordReset,
  prepareReset,
} from './password-resets.ts';

export interface PasswordResetDeps extends ResetDeps {
  passwordHasher: PasswordHasher;
  quotas: Quotas;
}

/** spec/authkit 0.8 */
export const resetRequests = { name: 'password_reset.create', limit: 3, windowSeconds: 60 };

const switchedOff = {
  status: 403,
  code: 'email_password_auth_disabled',
  when: 'The environment has no passwords.',
};
const invalidInput = {
  status: 422,
  code: 'invalid_request_parameters',
  when: 'A field is missing or malformed.',
};

export function passwordResetOperations(deps: PasswordResetDeps): readonly Operation[] {
  const { passwordHasher, quotas } = deps;
  return [
    operation({
      ...byKey,
      id: 'password_resets.create',
      summary: 'Make and send a link that sets a new password',
      method: 'POST',
      path: '/user_management/password_reset',
      permission: 'users:write',
      body: CreatePasswordReset,
      returns: { 201: PasswordReset },
      errors: [unknownId('user'), switchedOff, invalidInput],
      prepare: (reader, { body }) => quotas.consume(reader, resetRequests, emailKey(body.email)),
      run: (tx, { body }) => createPasswordReset(tx, deps, body.email),
    }),
    operation({
      ...byKey,
      id: 'password_resets.confirm',
      summary: 'Set a new password with the token of a reset',
      method: 'POST',
      path: '/user_management/password_reset/confirm',
      permission: 'users:write',
      body: ConfirmPasswordReset,
      returns: { 200: ResetUser },
      errors: [
        {
          status: 400,
          code: 'password_reset_error',
          when: 'The password breaks the policy; errors say which rule.',
        },
        switchedOff,
        { status: 404, code: 'entity_not_found', when: 'The token is unknown, used, replaced or expired.' },
        invalidInput,
      ],
      prepare: (reader, { body }) => prepareReset(reader, passwordHasher, body),
      run: (tx, { body, prepared }) => confirmPasswordReset(tx, body.token, prepared),
    }),
    operation({
      ...byKey,
      id: 'password_resets.get',
      summary: 'Get a password reset with its token and link',
      method: 'GET',
      path: '/user_management/password_reset/{id}',
      permission: 'users:read',
      params: ById,
      returns: { 200: PasswordReset },
      errors: [unknownId('password reset')],
      run: (reader, { params }) => getPasswordReset(reader, deps, params.id),
    }),
  ];
}
