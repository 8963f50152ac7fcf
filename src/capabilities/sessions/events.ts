import { defineEvent } from '../../platform/events/events.ts';
import { Session } from './contract.ts';

export const SessionCreated = defineEvent('session.created', Session);
export const SessionRevoked = defineEvent('session.revoked', Session);
