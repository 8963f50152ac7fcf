import type { SignedInUser, User } from '../users/index.ts';

/** A user as sign-in answers tell of them. */
export function toSignedInUser({ metadata: _, ...user }: User): SignedInUser {
  return user;
}
