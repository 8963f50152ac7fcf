import { type ApiError, oauthError } from '../../platform/errors.ts';

/** No invitation can be found, for there are none yet. */
export const invitationInvalid = (): ApiError =>
  oauthError('invitation_invalid', 'The invitation does not exist, or has been used or revoked.');
