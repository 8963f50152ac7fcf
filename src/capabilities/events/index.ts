/**
 * The Events API: what happened in an environment, in an order that never changes; and the catalogue of everything
 * that can happen.
 *
 * Owns: `GET /events` and the catalogue: when each documented event is emitted, a sample of it, whether webhook endpoints
 * may ask for it, and the schema of its `data` until a capability declares it. The table and its order belong to
 * `platform/events`.
 * Emits: nothing.
 * Invariants: a page never skips an event that commits later; an id is the same here and in every delivery; events
 * older than 90 days are not answered; each documented name has exactly one schema, or nothing starts.
 */
export { eventOperations, eventWebhooks } from './routes.ts';
export {
  type CataloguedEvent,
  SubscribableEventName,
  listCatalogue,
  subscribableEventNames,
} from './catalogue.ts';
export { toEnvelope } from './events.ts';
export { sampleEvent } from './sample-event.ts';
export { type EventName, eventNames, isEventName } from '../../platform/events/names.ts';
