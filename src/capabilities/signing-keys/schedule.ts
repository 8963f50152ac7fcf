/** How long others may keep what `/sso/jwks` answered. */
export const jwksMaxAgeSeconds = 300;

/**
 * How long a new key is published before it signs: longer than a JWKS is cached, by those who ignore `max-age` and
 * hold it for ten minutes too.
 */
export const publishAheadSeconds = 600;

/** The longest life of anything that is signed. A key that has been followed stays published for as long. */
export const longestTokenSeconds = 86_400;

/** Clocks differ, and which key signs is a second stale: added to the overlap. */
export const overlapSeconds = longestTokenSeconds + 60;

/** How long an expired or revoked key stays in the list, so that it can be told what signed an old token. */
export const keptDays = 90;
