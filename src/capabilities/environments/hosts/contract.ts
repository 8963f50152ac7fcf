import { z } from 'zod';
import { Timestamp } from '../../../platform/contract.ts';

/** What is served under a host name: the API, hosted login, the admin portal, or mail in its name. */
export const HostKind = z.enum(['api', 'auth', 'portal', 'email']);

export const EnvironmentHost = z
  .strictObject({
    object: z.literal('environment_host'),
    host: z.string(),
    kind: HostKind,
    created_at: Timestamp,
  })
  .meta({ id: 'EnvironmentHost' });
export type EnvironmentHost = z.infer<typeof EnvironmentHost>;

export const EnvironmentHostList = z.strictObject({
  object: z.literal('list'),
  data: z.array(EnvironmentHost),
});

const HostName = z
  .string()
  .toLowerCase()
  .max(253)
  .regex(
    /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/,
    'is no host name',
  );

export const CreateEnvironmentHost = z.object({ host: HostName, kind: HostKind });
export type CreateEnvironmentHost = z.infer<typeof CreateEnvironmentHost>;

export const ByHost = z.object({ host: z.string().toLowerCase().max(253) });
