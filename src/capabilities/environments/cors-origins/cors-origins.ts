import { ApiError, notFound } from '../../../platform/errors.ts';
import type { EnvironmentKind } from '../../../platform/scope.ts';
import type { Tx } from '../../../platform/transaction.ts';
import { checkOrigin } from '../../../protocols/redirect-uri/index.ts';
import type { CorsOrigin, CreateCorsOrigin } from './contract.ts';
import { deleteCorsOriginRow, insertCorsOrigin } from './store.ts';

/** Lets pages of an origin call this environment's API from a browser. */
export async function createCorsOrigin(tx: Tx, input: CreateCorsOrigin): Promise<CorsOrigin> {
  const created = await provideCorsOrigin(tx, tx.environment, input.origin);
  if (created) return created;
  throw new ApiError('duplicate_cors_origin', { status: 409, message: 'CORS origin already exists.' });
}

/** As `createCorsOrigin`, for an environment that may be new; null when the origin is listed already. */
export async function provideCorsOrigin(
  tx: Tx,
  environment: { id: string; kind: EnvironmentKind },
  origin: string,
): Promise<CorsOrigin | null> {
  const checked = checkOrigin(origin, { kind: environment.kind });
  if (!checked.ok) {
    // The documented shape of this one operation differs from every other 422.
    throw new ApiError('validation_failed', {
      status: 422,
      message: 'Validation failed.',
      errors: [{ property: 'origin', constraints: { [checked.error.code]: checked.error.message } }],
    });
  }
  return insertCorsOrigin(tx, environment.id, checked.value);
}

export async function deleteCorsOrigin(tx: Tx, id: string): Promise<void> {
  if ((await deleteCorsOriginRow(tx, id)) === 0) throw notFound('CORS origin', id);
}
