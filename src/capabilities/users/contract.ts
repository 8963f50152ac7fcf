import { z } from 'zod';
import {
  ExternalId,
  LineOfText,
  Metadata,
  MetadataPatch,
  Timestamp,
  listOf,
  paginationQuery,
  withFault,
} from '../../platform/contract.ts';
import { parseAddress } from '../../platform/mail/address.ts';
import { passwordHashTypes } from '../../protocols/password/index.ts';

export const User = z
  .strictObject({
    object: z.literal('user'),
    id: z.string(),
    email: z.string(),
    email_verified: z.boolean(),
    first_name: z.string().nullable(),
    last_name: z.string().nullable(),
    name: z.string().nullable(),
    profile_picture_url: z.string().nullable(),
    last_sign_in_at: Timestamp.nullable(),
    external_id: z.string().nullable(),
    metadata: Metadata,
    locale: z.string().nullable(),
    created_at: Timestamp,
    updated_at: Timestamp,
  })
  .meta({ id: 'User' });
export type User = z.infer<typeof User>;

export const UserList = listOf(User);

/** A person as sign-in answers tell of them: everything but the metadata (spec/authkit 1.5). */
export const SignedInUser = User.omit({ metadata: true }).meta({ id: 'SignedInUser' });
export type SignedInUser = z.infer<typeof SignedInUser>;

/** One address as mail servers take it, of at most 320 characters. */
export const Email = z
  .string()
  .trim()
  .max(320)
  .refine((text) => parseAddress(text) !== null, {
    message: 'This is not an e-mail address.',
    params: { code: 'invalid_email' },
  });

/** A name, or a part of one. */
export const PersonName = LineOfText.max(255);

/** A BCP 47 tag such as `de` or `pt-BR`, in its canonical spelling. */
const Locale = z
  .string()
  .max(35)
  .refine(
    (text) => /^[A-Za-z]{2,3}\b/.test(text) && canonicalLocale(text) !== null,
    'This is no language tag.',
  )
  .transform((text) => canonicalLocale(text) ?? text);

function canonicalLocale(text: string): string | null {
  try {
    return Intl.getCanonicalLocales(text)[0] ?? null;
  } catch {
    return null;
  }
}

const fields = {
  first_name: PersonName.nullable().optional(),
  last_name: PersonName.nullable().optional(),
  name: PersonName.nullable().optional(),
  email_verified: z.boolean().nullable().optional(),
  external_id: ExternalId.nullable().optional(),
  metadata: MetadataPatch,
  password: z.string().nullable().optional(),
  password_hash: z.string().max(4_096).optional(),
  password_hash_type: z.enum(passwordHashTypes).optional(),
  password_salt_position: z.enum(['prefix', 'suffix']).optional(),
};

/** Where a sign-up comes from: accepted as the contract has it, and not stored. */
const origin = {
  ip_address: z.string().max(64).nullable().optional(),
  user_agent: z.string().max(1_024).nullable().optional(),
  signals_id: z.string().max(100).optional(),
};

export const CreateUser = z.object({ email: Email, ...fields, ...origin });
export type CreateUser = z.infer<typeof CreateUser>;

export const UpdateUser = z.object({
  ...fields,
  email: withFault(Email.optional(), {
    status: 400,
    code: 'invalid_email',
    message: 'This is not an e-mail address.',
  }),
  locale: withFault(Locale.nullable().optional(), {
    status: 400,
    code: 'invalid_locale',
    message: 'A locale is a BCP 47 language tag such as en or pt-BR.',
  }),
});
export type UpdateUser = z.infer<typeof UpdateUser>;

export const ListUsers = z.object({
  ...paginationQuery,
  email: z.string().max(320).optional(),
  organization_id: z.string().max(100).optional(),
  /** The older spelling of `organization_id`. */
  organization: z.string().max(100).optional(),
});
export type ListUsers = z.infer<typeof ListUsers>;
