import { eventNames } from '../events/index.ts';

/** Types that are told by `GET /events` only: an endpoint cannot choose them (spec/enterprise 8.3). */
const withheldPattern =
  /^(?:action\.|vault\.|dsync\.token\.|authentication\.(?:email_verification_failed|mfa_failed)$)/;

/** True for a type of event that is sent to endpoints. */
export const isDelivered = (type: string): boolean => !withheldPattern.test(type);

/** The types of events that an endpoint can choose. */
export const deliveredTypes: readonly string[] = [...eventNames].filter(isDelivered);

/** True when an endpoint with this choice is sent events of the type. No choice is all of them. */
export const isChosen = (chosen: readonly string[], type: string): boolean =>
  chosen.length === 0 ? isDelivered(type) : chosen.includes(type);
