import { ById } from '../../platform/contract.ts';
import type { Encryption } from '../../platform/encryption.ts';
import { type Operation, byKey, operation, unknownId } from '../../platform/operation.ts';
import type { Quotas } from '../../platform/quota.ts';
import { ConfirmEmailVerification, EmailVerification, VerifiedUser } from './contract.ts';
import {
  confirmEmailVerification,
  getEmailVerification,
  sendEmailVerification,
} from './email-verifications.ts';

export interface EmailVerificationDeps {
  encryption: Encryption;
  quotas: Quotas;
}

/** spec/authkit 0.8 */
const sending = { name: 'email_verification.send', limit: 3, windowSeconds: 60 };

export function emailVerificationOperations(deps: EmailVerificationDeps): readonly Operation[] {
  const { encryption, quotas } = deps;
  return [
    operation({
      ...byKey,
      id: 'email_verifications.get',
      summary: 'Get an email verification with its code',
      method: 'GET',
      path: '/user_management/email_verification/{id}',
      permission: 'users:read',
      params: ById,
      returns: { 200: EmailVerification },
      errors: [unknownId('email verification')],
      run: (reader, { params }) => getEmailVerification(reader, encryption, params.id),
    }),
    operation({
      ...byKey,
      id: 'email_verifications.send',
      summary: "Send a code to a user's email address",
      method: 'POST',
      path: '/user_management/users/{id}/email_verification/send',
      permission: 'users:write',
      params: ById,
      returns: { 200: VerifiedUser },
      errors: [
        unknownId('user'),
        { status: 400, code: 'email_already_verified', when: 'The address is verified already.' },
      ],
      prepare: (reader, { params }) => quotas.consume(reader, sending, params.id),
      run: (tx, { params }) => sendEmailVerification(tx, encryption, params.id),
    }),
    operation({
      ...byKey,
      id: 'email_verifications.confirm',
      summary: "Verify a user's email address with the code that was sent there",
      method: 'POST',
      path: '/user_management/users/{id}/email_verification/confirm',
      permission: 'users:write',
      params: ById,
      body: ConfirmEmailVerification,
      returns: { 200: VerifiedUser },
      errors: [
        unknownId('user'),
        { status: 400, code: 'email_previously_verified', when: 'The address is verified already.' },
        {
          status: 400,
          code: 'email_verification_code_incorrect',
          when: 'Another code was sent, or too many were tried.',
        },
        { status: 400, code: 'email_verification_code_expired', when: 'The code is older than ten minutes.' },
        { status: 400, code: 'email_verification_code_previously_used', when: 'The code was used before.' },
        { status: 422, code: 'invalid_request_parameters', when: 'The code is missing or malformed.' },
      ],
      run: (tx, { params, body }) => confirmEmailVerification(tx, encryption, params.id, body.code),
    }),
  ];
}
