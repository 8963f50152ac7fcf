/**
 * Development aids under `/_dev`: the clock that can be moved.
 *
 * Owns: the setting `clock_offset_ms` in `install_setting`.
 * Emits: nothing.
 * Invariants: none of these operations exists in production.
 */
export { type DevelopmentDeps, developmentOperations } from './routes.ts';
export { followClock } from './clock.ts';
