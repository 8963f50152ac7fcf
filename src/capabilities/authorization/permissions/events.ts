import { defineEvent } from '../../../platform/events/events.ts';
import { Permission } from './contract.ts';

export const PermissionCreated = defineEvent('permission.created', Permission);
export const PermissionUpdated = defineEvent('permission.updated', Permission);
export const PermissionDeleted = defineEvent('permission.deleted', Permission);
