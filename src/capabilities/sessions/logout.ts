import { ApiError } from '../../platform/errors.ts';
import type { Tx } from '../../platform/transaction.ts';
import { findRedirectUri } from '../../protocols/redirect-uri/index.ts';
import { listRegisteredUris, readSettings, urlSettings } from '../environments/index.ts';
import { endSession } from './sessions.ts';

/**
 * Ends a session and says where the browser goes then: to `returnTo` when it is registered, else to the default
 * sign-out redirect, else to the application's homepage; null when there is none of these.
 * @throws ApiError 422 for an address that is not registered: nobody is sent where an attacker wishes
 */
export async function signOut(tx: Tx, sessionId: string, returnTo: string | null): Promise<string | null> {
  const targets = await listRegisteredUris(tx, 'sign_out');
  const registered = targets.map(({ uri }) => uri);
  if (returnTo !== null && findRedirectUri(registered, returnTo) === null) {
    throw new ApiError('invalid_return_to', {
      status: 422,
      message: 'This sign-out link leads to an address that is not registered. You have not been signed out.',
      detail: `return_to ${returnTo.slice(0, 200)} is not a registered sign-out redirect`,
    });
  }
  await endSession(tx, sessionId);
  if (returnTo !== null) return returnTo;
  const { app_homepage_url: homepage } = await readSettings(tx, urlSettings);
  return targets.find((target) => target.default)?.uri ?? homepage;
}
