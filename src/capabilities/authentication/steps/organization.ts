import { oauthError } from '../../../platform/errors.ts';
import type { Step } from './step.ts';
import { toSignedInUser } from '../user.ts';

/**
 * Settles the organization: the one that was asked for or chosen, else the only one, else the person chooses. Who
 * belongs to none signs in without.
 */
export const chooseOrganization: Step = async (_tx, signIn) => {
  const wanted = signIn.attempt.state.organization_id;
  const { memberships } = signIn;
  if (wanted !== null) {
    const found = memberships.find(({ organization_id: id }) => id === wanted);
    if (!found) {
      return oauthError(
        'organization_membership_not_found',
        'The user is not an active member of this organization.',
      );
    }
    signIn.membership = found;
    return null;
  }
  const [only, second] = memberships;
  signIn.membership = only ?? null;
  if (!second) return null;
  return {
    code: 'organization_selection_required',
    message: 'The user belongs to several organizations. Send the one to sign in to.',
    fields: {
      user: toSignedInUser(signIn.user),
      organizations: memberships.map(({ organization_id: id, organization_name: name }) => ({ id, name })),
    },
  };
};
