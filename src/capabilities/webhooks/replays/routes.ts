import { ById } from '../../../platform/contract.ts';
import { type Operation, byKey, operation, unknownId } from '../../../platform/operation.ts';
import { StartReplay, WebhookReplay } from './contract.ts';
import { getReplay, startReplay } from './replays.ts';

export const replayOperations: readonly Operation[] = [
  operation({
    ...byKey,
    id: 'webhook_replays.start',
    summary: 'Send events of the past to an endpoint',
    method: 'POST',
    path: '/management/webhook_endpoints/{id}/redeliver',
    permission: 'webhook_endpoints:write',
    params: ById,
    body: StartReplay,
    returns: { 202: WebhookReplay },
    errors: [
      unknownId('webhook endpoint'),
      {
        status: 409,
        code: 'webhook_endpoint_disabled',
        when: 'The endpoint is disabled: nothing is sent to it.',
      },
      {
        status: 422,
        code: 'validation_failed',
        when: 'A field, range or cursor is not valid, or what was never delivered is asked for beyond the thirty days of the ledger.',
      },
    ],
    run: (tx, { params, body }) => startReplay(tx, { ...body, id: params.id }),
  }),
  operation({
    ...byKey,
    id: 'webhook_replays.get',
    summary: 'Get a replay and how far it has come',
    method: 'GET',
    path: '/management/webhook_replays/{id}',
    permission: 'webhook_endpoints:read',
    params: ById,
    returns: { 200: WebhookReplay },
    errors: [unknownId('webhook replay')],
    run: (reader, { params }) => getReplay(reader, params.id),
  }),
];
