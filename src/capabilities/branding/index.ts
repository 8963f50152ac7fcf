/**
 * Branding: what an environment looks like to its people, on the pages where they sign in and in messages.
 *
 * Owns: `branding`, `branding_picture`.
 * Emits: nothing; the public catalogue of events has no type for configuration.
 * Invariants: a colour is six digits and a picture is what its first bytes say, so neither carries anything else into a
 * page; text can be read on every colour; the address of a picture or style changes with its content.
 */
export { readBranding } from './branding.ts';
export { brandingOperations } from './routes.ts';
