import { z } from 'zod';
import { Timestamp } from '../../platform/contract.ts';
import { Email, User } from '../users/index.ts';

export const PasswordReset = z
  .strictObject({
    object: z.literal('password_reset'),
    id: z.string(),
    user_id: z.string(),
    email: z.string(),
    password_reset_token: z.string(),
    password_reset_url: z.string(),
    expires_at: Timestamp,
    created_at: Timestamp,
  })
  .meta({ id: 'PasswordReset' });
export type PasswordReset = z.infer<typeof PasswordReset>;

/** As events tell of it: neither token nor link. */
export const ToldPasswordReset = PasswordReset.omit({ password_reset_token: true, password_reset_url: true });

export const CreatePasswordReset = z.object({ email: Email });

export const ConfirmPasswordReset = z.object({
  token: z.string().min(1).max(100),
  new_password: z.string().min(1),
});
export type ConfirmPasswordReset = z.infer<typeof ConfirmPasswordReset>;

export const ResetUser = z.strictObject({ user: User }).meta({ id: 'ResetPasswordResponse' });
export type ResetUser = z.infer<typeof ResetUser>;
