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

/** The documented shape of this one refusal differs from every other 422. */
export const CorsOriginRefusal = z.object({
  message: z.string(),
  code: z.string(),
  errors: z.array(
    z.object({
      property: z.string().optional(),
      constraints: z.record(z.string(), z.string()).optional(),
      field: z.string().optional(),
      code: z.string().optional(),
      message: z.string().optional(),
    }),
  ),
});
