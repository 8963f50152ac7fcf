import { handleAuth } from '@workos-inc/authkit-nextjs';

// Checks the state, redeems the code and sets the session cookie.
export const GET = handleAuth();
