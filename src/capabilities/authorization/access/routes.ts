import { ById } from '../../../platform/contract.ts';
import { type Operation, byKey, operation, unknownId } from '../../../platform/operation.ts';
import { explainAccess } from './access.ts';
import { ExplainedAccess } from './contract.ts';

export const accessOperations: readonly Operation[] = [
  operation({
    ...byKey,
    id: 'organization_memberships.explain_access',
    summary: 'Explain what a member may do, and why',
    method: 'GET',
    path: '/management/organization_memberships/{id}/access',
    permission: 'organization_memberships:read',
    params: ById,
    returns: { 200: ExplainedAccess },
    errors: [unknownId('organization membership')],
    run: (reader, { params }) => explainAccess(reader, params.id),
  }),
];
