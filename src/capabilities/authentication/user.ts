import type { SignedInUser, User } from '../users/index.ts';

/** A user as sign-in answers tell of them. */
export function toSignedInUser(user: User): SignedInUser {
  const { metadata: _, ...told } = user;
  return told;
}
