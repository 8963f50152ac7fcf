import { ApiError } from '../../../platform/errors.ts';
import { type Reply, redirect } from '../../../platform/operation.ts';
import type { Reader } from '../../../platform/scope.ts';
import { readSettings, urlSettings } from '../../environments/index.ts';

/**
 * Where a browser goes that is on no way of ours: to the page of the application that starts a sign-in, which sends it
 * back with what a sign-in needs (spec/authkit 5.4).
 * @throws ApiError 400, as a page, when the application has registered none
 */
export async function restart(reader: Reader): Promise<Reply> {
  const { sign_in_url: signInUrl } = await readSettings(reader, urlSettings);
  if (signInUrl !== null) return redirect(signInUrl, 302);
  throw new ApiError('sign_in_expired', {
    status: 400,
    message: 'This sign-in has ended or has expired. Go back to the application and sign in from there.',
  });
}
