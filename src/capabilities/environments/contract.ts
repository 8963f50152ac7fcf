import { z } from 'zod';
import { LineOfText, Timestamp, listOf, paginationQuery } from '../../platform/contract.ts';
import { environmentKinds } from '../../platform/scope.ts';
import { EnvironmentApiKeyWithValue } from './api-keys/contract.ts';

export const Environment = z
  .strictObject({
    object: z.literal('environment'),
    id: z.string(),
    name: z.string(),
    kind: z.enum(environmentKinds),
    client_id: z.string(),
    created_at: Timestamp,
    updated_at: Timestamp,
  })
  .meta({ id: 'Environment' });
export type Environment = z.infer<typeof Environment>;

/** A new environment, with the only sight of its first key. */
export const CreatedEnvironment = Environment.extend({ api_key: EnvironmentApiKeyWithValue }).meta({
  id: 'CreatedEnvironment',
});
export type CreatedEnvironment = z.infer<typeof CreatedEnvironment>;

export const EnvironmentList = listOf(Environment);

const Name = LineOfText.min(1).max(100);

export const CreateEnvironment = z.object({ name: Name, kind: z.enum(environmentKinds) });
export type CreateEnvironment = z.infer<typeof CreateEnvironment>;

export const UpdateEnvironment = z.object({ name: Name });
export type UpdateEnvironment = z.infer<typeof UpdateEnvironment>;

export const ListEnvironments = z.object(paginationQuery);
export type ListEnvironments = z.infer<typeof ListEnvironments>;
