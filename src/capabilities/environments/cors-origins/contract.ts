import { z } from 'zod';
import { Timestamp, listOf, paginationQuery } from '../../../platform/contract.ts';

export const CorsOrigin = z
  .strictObject({
    object: z.literal('cors_origin'),
    id: z.string(),
    origin: z.string(),
    created_at: Timestamp,
    updated_at: Timestamp,
  })
  .meta({ id: 'CorsOrigin' });
export type CorsOrigin = z.infer<typeof CorsOrigin>;

export const CorsOriginList = listOf(CorsOrigin);

export const CreateCorsOrigin = z.object({ origin: z.string().min(1).max(300) });
export type CreateCorsOrigin = z.infer<typeof CreateCorsOrigin>;

export const ListCorsOrigins = z.object(paginationQuery);
export type ListCorsOrigins = z.infer<typeof ListCorsOrigins>;
