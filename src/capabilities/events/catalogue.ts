import assert from 'node:assert/strict';
import { z } from 'zod';
import { type EventType, definedEvents } from '../../platform/events/events.ts';
import { type EventName, eventNames } from '../../platform/events/names.ts';
import { actionEvents } from './catalogue/actions.ts';
import { agentRegistrationEvents } from './catalogue/agent-registrations.ts';
import { apiKeyEvents } from './catalogue/api-keys.ts';
import { authenticationEvents, ssoAuthenticationEvents } from './catalogue/authentication.ts';
import { authorizationEvents } from './catalogue/authorization.ts';
import { connectionEvents } from './catalogue/connections.ts';
import { directoryEvents } from './catalogue/directories.ts';
import type { CatalogueEntry } from './catalogue/family.ts';
import { featureFlagEvents } from './catalogue/feature-flags.ts';
import { groupEvents } from './catalogue/groups.ts';
import { invitationEvents } from './catalogue/invitations.ts';
import { membershipEvents } from './catalogue/memberships.ts';
import { organizationDomainEvents, organizationEvents } from './catalogue/organizations.ts';
import { pipeEvents } from './catalogue/pipes.ts';
import { radarEvents } from './catalogue/radar.ts';
import {
  emailVerificationEvents,
  magicAuthEvents,
  passwordResetEvents,
  sessionEvents,
  userEvents,
} from './catalogue/users.ts';
import { vaultEvents } from './catalogue/vault.ts';
import { waitlistEvents } from './catalogue/waitlist.ts';

/** One entry for every documented name, in the order of the documentation. The compiler tells which is missing. */
export const catalogue: Record<EventName, CatalogueEntry> = {
  ...organizationEvents,
  ...organizationDomainEvents,
  ...userEvents,
  ...membershipEvents,
  ...sessionEvents,
  ...authenticationEvents,
  ...ssoAuthenticationEvents,
  ...emailVerificationEvents,
  ...magicAuthEvents,
  ...passwordResetEvents,
  ...invitationEvents,
  ...authorizationEvents,
  ...groupEvents,
  ...connectionEvents,
  ...directoryEvents,
  ...apiKeyEvents,
  ...featureFlagEvents,
  ...waitlistEvents,
  ...pipeEvents,
  ...radarEvents,
  ...vaultEvents,
  ...actionEvents,
  ...agentRegistrationEvents,
};

/** An event of the catalogue with the schema of its `data`. */
export interface CataloguedEvent extends Omit<CatalogueEntry, 'planned'> {
  readonly name: EventName;
  readonly data: z.ZodType;
  /** No capability of this build emits it: its schema is what will be emitted. */
  readonly isPlanned: boolean;
}

/**
 * Every documented event with its schema: from the capability that declares it, else as it is planned.
 * @throws when an event has no schema, or two
 */
export function listCatalogue(
  entries: Readonly<Record<EventName, CatalogueEntry>> = catalogue,
  defined: ReadonlyMap<EventName, Pick<EventType, 'data'>> = definedEvents(),
): readonly CataloguedEvent[] {
  return (Object.entries(entries) as [EventName, CatalogueEntry][]).map(([name, { planned, ...entry }]) => {
    const data = defined.get(name)?.data;
    assert(
      !(data && planned),
      `${name} is declared by its capability and still planned: take the line 'planned:' of ${name} out of src/capabilities/events/catalogue`,
    );
    const schema = data ?? planned;
    assert(
      schema,
      `${name} has no schema: declare it with defineEvent in src/capabilities/${entry.capability}, or as 'planned' in src/capabilities/events/catalogue`,
    );
    return { ...entry, name, data: schema, isPlanned: data === undefined };
  });
}

/** The names that webhook endpoints may ask for. */
export const subscribableEventNames: readonly EventName[] = eventNames.filter(
  (name) => catalogue[name].isSubscribable,
);

export const SubscribableEventName = z.enum(subscribableEventNames);
