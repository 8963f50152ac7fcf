import type { Metadata, MetadataPatch } from './contract.ts';
import { ApiError } from './errors.ts';

/**
 * Merges a patch into stored metadata: keys are upserted, a null value deletes its key, null or `{}` deletes all.
 * @throws ApiError 400 `invalid_metadata` when more than 50 pairs would remain
 */
export function applyMetadata(current: Metadata, patch: MetadataPatch): Metadata {
  if (patch === undefined) return current;
  if (patch === null || Object.keys(patch).length === 0) return {};
  const merged: Metadata = { ...current };
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete merged[key];
    else merged[key] = value;
  }
  if (Object.keys(merged).length > 50) {
    throw new ApiError('invalid_metadata', {
      status: 400,
      message: 'An object holds at most 50 metadata pairs.',
      errors: [{ code: 'too_big', field: 'metadata', message: 'More than 50 pairs would remain.' }],
    });
  }
  return merged;
}
