import type { DescribedHeader } from '../../platform/openapi.ts';

/** What every delivery carries beside its body, for the OpenAPI document. */
export const deliveryHeaders: readonly DescribedHeader[] = [
  {
    name: 'WorkOS-Signature',
    description: '`t=` milliseconds, `v1=` one signature: what the official SDKs verify.',
  },
  { name: 'Doorwright-Signature', description: 'The same with a `v1=` for each secret that is good.' },
  { name: 'Doorwright-Event-Id', description: 'The id of the event, the same for every endpoint.' },
  { name: 'Doorwright-Delivery-Id', description: 'The id of the delivery, the same at every try.' },
  { name: 'Doorwright-Delivery-Attempt', description: '1 for the first try.' },
  { name: 'Doorwright-Endpoint-Sequence', description: 'The number of the delivery at its endpoint.' },
];
