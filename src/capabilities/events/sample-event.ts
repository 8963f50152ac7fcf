import type { EventName } from '../../platform/events/names.ts';
import { catalogue } from './catalogue.ts';
import { times } from './catalogue/samples.ts';
import type { Event } from './contract.ts';

const actor = { id: 'key_01KJPY44E03MDD2WFEERGV1XS2', source: 'api', name: 'Backend' };

/** An event as it could happen: for documentation, tests and webhook endpoints that are tried out. The same each time. */
export function sampleEvent(name: EventName): Event {
  const { sample, previous, context } = catalogue[name];
  return {
    object: 'event',
    id: 'event_01KJPY44E0VTNJYTD588TQQHX7',
    event: name,
    data: sample,
    created_at: String(sample['updated_at'] ?? times.created),
    context: {
      client_id: 'client_01KJPY44E0BM1T7R2XDQ4W9C6F',
      actor,
      ...(previous ? { previous_attributes: previous } : {}),
      ...context?.sample,
    },
  };
}
