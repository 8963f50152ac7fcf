import { z } from 'zod';
import { Timestamp, listOf, paginationQuery } from '../../../platform/contract.ts';

/** What a URI is registered for: where people return after signing in, or after signing out. */
export type RedirectPurpose = 'sign_in' | 'sign_out';

export const RedirectUri = z
  .strictObject({
    object: z.literal('redirect_uri'),
    id: z.string(),
    uri: z.string(),
    default: z.boolean(),
    created_at: Timestamp,
    updated_at: Timestamp,
  })
  .meta({ id: 'RedirectUri' });
export type RedirectUri = z.infer<typeof RedirectUri>;

export const RedirectUriList = listOf(RedirectUri);

export const CreateRedirectUri = z.object({ uri: z.string().min(1) });
export type CreateRedirectUri = z.infer<typeof CreateRedirectUri>;

/** The only change: the default can be given to another URI, not taken away. */
export const UpdateRedirectUri = z.object({ default: z.literal(true) });

export const ListRedirectUris = z.object(paginationQuery);
export type ListRedirectUris = z.infer<typeof ListRedirectUris>;
