import { type EventName, isEventName, subscribableEventNames } from '../events/index.ts';

const chosen: ReadonlySet<string> = new Set(subscribableEventNames);

/** True for a type of event that is sent to endpoints; the others are told by `GET /events` only. */
export const isDelivered = (type: string): type is EventName => isEventName(type) && chosen.has(type);

/** True when an endpoint with this choice is sent events of the type. No choice is all of them. */
export const isChosen = (choice: readonly string[], type: string): boolean =>
  choice.length === 0 ? isDelivered(type) : choice.includes(type);
