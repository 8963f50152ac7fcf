import type { Context } from 'hono';
import type { EnvironmentDirectory } from '../environment-directory.ts';
import type { Environment } from '../scope.ts';

const allowedHeaders = 'authorization, content-type, idempotency-key, workos-version';
const exposedHeaders = 'x-request-id, retry-after';

/** Headers for a browser that called from a registered origin; none for any other. */
export function corsHeaders(
  origin: string | undefined,
  environment: Environment | null,
): Readonly<Record<string, string>> {
  if (origin === undefined) return {};
  if (!environment?.cors_origins.includes(origin)) return { vary: 'Origin' };
  return {
    'access-control-allow-origin': origin,
    'access-control-allow-credentials': 'true',
    'access-control-expose-headers': exposedHeaders,
    vary: 'Origin',
  };
}

/**
 * Answers a preflight. It names no environment, so it asks whether any lists the origin; the request that follows
 * is checked against its own environment.
 */
export async function answerPreflight(directory: EnvironmentDirectory, context: Context): Promise<Response> {
  const origin = context.req.header('origin');
  const isKnown = origin !== undefined && (await directory.isOriginKnown(origin));
  if (!isKnown) return new Response(null, { status: 204, headers: { vary: 'Origin' } });
  return new Response(null, {
    status: 204,
    headers: {
      'access-control-allow-origin': origin,
      'access-control-allow-credentials': 'true',
      'access-control-allow-methods': 'GET, POST, PUT, PATCH, DELETE',
      'access-control-allow-headers': allowedHeaders,
      'access-control-max-age': '600',
      vary: 'Origin',
    },
  });
}
