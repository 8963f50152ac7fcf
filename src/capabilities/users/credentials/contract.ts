import { z } from 'zod';
import type { PasswordHashType, SaltPosition } from '../../../protocols/password/index.ts';

/** What a request says of a password: the password itself, or a hash that another product made of it. */
export interface PasswordInput {
  password?: string | null | undefined;
  password_hash?: string | undefined;
  password_hash_type?: PasswordHashType | undefined;
  password_salt_position?: SaltPosition | undefined;
}

/** What the environment asks of new passwords (spec/authkit 6.1). */
export const PasswordPolicySettings = z.object({
  minimum_length: z.int().min(8).max(64).default(10),
  /** 0 to 4, as zxcvbn scores. */
  minimum_strength: z.int().min(0).max(4).default(3),
  is_breached_refused: z.boolean().default(true),
  is_uppercase_required: z.boolean().default(false),
  is_lowercase_required: z.boolean().default(false),
  is_number_required: z.boolean().default(false),
  is_symbol_required: z.boolean().default(false),
  /** How many of a person's former passwords are refused; 0 keeps none. */
  history_length: z.int().min(0).max(10).default(0),
});
export type PasswordPolicySettings = z.infer<typeof PasswordPolicySettings>;
