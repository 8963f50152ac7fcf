import { type Operation, operation, unknownId } from '../../../platform/operation.ts';
import { ByHost, CreateEnvironmentHost, EnvironmentHost, EnvironmentHostList } from './contract.ts';
import { createHost, deleteHost, listHosts } from './hosts.ts';

/** With an install key only: who could name any host would answer for another environment's. */
const byInstallKeyInPath = {
  protocol: 'api',
  principals: ['install'],
  environmentFrom: 'principal',
} as const;

export const hostOperations: readonly Operation[] = [
  operation({
    ...byInstallKeyInPath,
    id: 'environment_hosts.create',
    summary: 'Give a host name to an environment',
    method: 'POST',
    path: '/management/hosts',
    permission: 'environments:write',
    body: CreateEnvironmentHost,
    returns: { 201: EnvironmentHost },
    errors: [{ status: 409, code: 'host_already_used', when: 'An environment has the host.' }],
    run: (tx, { body }) => createHost(tx, body),
  }),
  operation({
    ...byInstallKeyInPath,
    id: 'environment_hosts.list',
    summary: 'List the host names of an environment',
    method: 'GET',
    path: '/management/hosts',
    permission: 'environments:read',
    returns: { 200: EnvironmentHostList },
    run: (reader) => listHosts(reader),
  }),
  operation({
    ...byInstallKeyInPath,
    id: 'environment_hosts.delete',
    summary: 'Take a host name from an environment',
    method: 'DELETE',
    path: '/management/hosts/{host}',
    permission: 'environments:write',
    params: ByHost,
    returns: { 204: null },
    errors: [unknownId('host')],
    run: (tx, { params }) => deleteHost(tx, params.host),
  }),
];
