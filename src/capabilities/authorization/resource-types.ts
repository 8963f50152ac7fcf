import { notFound } from '../../platform/errors.ts';

/**
 * What roles and permissions can be about. The organization itself is there always, and so far alone.
 * @throws ApiError 404 for another
 */
export function checkResourceType(slug: string): void {
  if (slug !== 'organization') throw notFound('Resource type', slug);
}
