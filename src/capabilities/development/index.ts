/**
 * Development aids under `/_dev`: the clock that can be moved, the mailbox.
 *
 * Owns: the setting `clock_offset_ms` in `install_setting`; reads and empties the platform's `mail`.
 * Emits: nothing.
 * Invariants: none of these operations exists in production.
 */
export { type DevelopmentDeps, developmentOperations } from './routes.ts';
export { followClock } from './clock.ts';
