import { defineEvent } from '../../platform/events/events.ts';
import { User } from './contract.ts';

export const UserCreated = defineEvent('user.created', User);
export const UserUpdated = defineEvent('user.updated', User);
export const UserDeleted = defineEvent('user.deleted', User);
