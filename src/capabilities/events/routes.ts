import { type Operation, byKey, operation } from '../../platform/operation.ts';
import type { DescribedWebhook } from '../../platform/openapi.ts';
import { listCatalogue } from './catalogue.ts';
import { ListEvents, eventListSchema, eventSchema } from './contract.ts';
import { listEvents } from './events.ts';

/** What is sent to the webhook endpoints that ask for it. */
export const eventWebhooks = (): readonly DescribedWebhook[] =>
  listCatalogue()
    .filter(({ isSubscribable }) => isSubscribable)
    .map((event) => ({
      name: event.name,
      summary: event.when,
      body: eventSchema(event),
      isPlanned: event.isPlanned,
    }));

/** A function: the schema holds the events that all slices have declared by then. */
export const eventOperations = (): readonly Operation[] => [
  operation({
    ...byKey,
    id: 'events.list',
    summary: 'List events, oldest first',
    method: 'GET',
    path: '/events',
    permission: 'events:read',
    query: ListEvents,
    returns: { 200: eventListSchema() },
    errors: [
      { status: 400, code: 'invalid_request_parameters', when: 'range_start and after are both given.' },
      { status: 422, code: 'validation_failed', when: 'A name, cursor, range or parameter is not valid.' },
    ],
    run: (reader, { query }) => listEvents(reader, query),
  }),
];
