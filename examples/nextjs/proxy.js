import { authkitProxy } from '@workos-inc/authkit-nextjs';

// Reads the session of each request, and refreshes it when its access token is about to expire.
export default authkitProxy({ redirectUri: process.env.WORKOS_REDIRECT_URI });

export const config = { matcher: ['/', '/login', '/sign-up'] };
