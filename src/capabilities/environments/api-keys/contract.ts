import { z } from 'zod';
import { LineOfText, Timestamp, listOf, paginationQuery } from '../../../platform/contract.ts';

export const EnvironmentApiKey = z
  .strictObject({
    object: z.literal('environment_api_key'),
    id: z.string(),
    name: z.string(),
    /** Enough of the key to recognise it by. */
    obfuscated_value: z.string(),
    expires_at: Timestamp.nullable(),
    last_used_at: Timestamp.nullable(),
    created_at: Timestamp,
    updated_at: Timestamp,
  })
  .meta({ id: 'EnvironmentApiKey' });
export type EnvironmentApiKey = z.infer<typeof EnvironmentApiKey>;

/** A key in the only answer that holds its value. */
export const EnvironmentApiKeyWithValue = EnvironmentApiKey.extend({ value: z.string() }).meta({
  id: 'EnvironmentApiKeyWithValue',
});
export type EnvironmentApiKeyWithValue = z.infer<typeof EnvironmentApiKeyWithValue>;

export const EnvironmentApiKeyList = listOf(EnvironmentApiKey);

export const CreateEnvironmentApiKey = z.object({
  name: LineOfText.min(1).max(100),
  /** ISO 8601; the key stops working at this moment. */
  expires_at: z.iso.datetime().optional(),
});
export type CreateEnvironmentApiKey = z.infer<typeof CreateEnvironmentApiKey>;

export const ListEnvironmentApiKeys = z.object(paginationQuery);
export type ListEnvironmentApiKeys = z.infer<typeof ListEnvironmentApiKeys>;
