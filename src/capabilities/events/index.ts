/**
 * The Events API: what happened in an environment, in an order that never changes.
 *
 * Owns: `GET /events` and the catalogue of documented names. The table and its order belong to `platform/events`.
 * Emits: nothing.
 * Invariants: a page never skips an event that commits later; an id is the same here and in every delivery; events
 * older than 90 days are not answered.
 */
export { eventOperations } from './routes.ts';
export { eventNames } from './catalogue.ts';
export { toEnvelope } from './events.ts';
export { sampleEvent } from './sample.ts';
