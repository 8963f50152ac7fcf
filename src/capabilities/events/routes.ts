import { type Operation, byKey, operation } from '../../platform/operation.ts';
import { ListEvents, eventListSchema } from './contract.ts';
import { listEvents } from './events.ts';

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
