import { z } from 'zod';
import { AuthenticationMethod, Impersonator } from '../sessions/index.ts';
import { SignedInUser } from '../users/index.ts';

/** From where somebody signs in, as the application's server tells it. */
export interface Caller {
  ip_address: string | null;
  user_agent: string | null;
}

/** What an application asked for when it sent somebody to sign in. */
export interface AuthorizeRequest {
  redirect_uri: string;
  state: string | null;
  code_challenge: string | null;
  login_hint: string | null;
  screen_hint: 'sign-in' | 'sign-up';
}

/** What a sign-in has found out so far. Stored as it is. */
export interface AttemptState {
  caller: Caller;
  /** What the person proved themselves with first; null until they have. */
  method: AuthenticationMethod | null;
  /** The organization that was asked for, or chosen on the way. */
  organization_id: string | null;
  /** Null for a sign-in by API. */
  request: AuthorizeRequest | null;
  /** Where the person is on our pages. */
  email: string | null;
}

/** One sign-in on its way. */
export interface Attempt {
  readonly id: string;
  userId: string | null;
  state: AttemptState;
  sessionId: string | null;
  readonly completedAt: string | null;
}

/** What every grant takes (spec/authkit 8.1). */
export const grantFields = {
  client_id: z.string().min(1).max(100),
  client_secret: z.string().min(1).max(500).optional(),
  ip_address: z.string().max(64).nullable().optional(),
  user_agent: z.string().max(1_024).nullable().optional(),
};

export const AuthenticateResponse = z
  .strictObject({
    user: SignedInUser,
    organization_id: z.string().optional(),
    access_token: z.string(),
    refresh_token: z.string(),
    authentication_method: AuthenticationMethod,
    impersonator: Impersonator.optional(),
  })
  .meta({ id: 'AuthenticateResponse' });
export type AuthenticateResponse = z.infer<typeof AuthenticateResponse>;
