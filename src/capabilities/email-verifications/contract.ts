import { z } from 'zod';
import { Timestamp } from '../../platform/contract.ts';
import { User } from '../users/index.ts';

export const EmailVerification = z
  .strictObject({
    object: z.literal('email_verification'),
    id: z.string(),
    user_id: z.string(),
    email: z.string(),
    code: z.string(),
    expires_at: Timestamp,
    created_at: Timestamp,
    updated_at: Timestamp,
  })
  .meta({ id: 'EmailVerification' });
export type EmailVerification = z.infer<typeof EmailVerification>;

export const ConfirmEmailVerification = z.object({ code: z.string().min(1).max(20) });

export const VerifiedUser = z.strictObject({ user: User }).meta({ id: 'UserResponse' });
export type VerifiedUser = z.infer<typeof VerifiedUser>;
