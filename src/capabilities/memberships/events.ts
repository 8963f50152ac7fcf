import { defineEvent } from '../../platform/events/events.ts';
import { MembershipRecord } from './contract.ts';

export const MembershipCreated = defineEvent('organization_membership.created', MembershipRecord);
export const MembershipUpdated = defineEvent('organization_membership.updated', MembershipRecord);
export const MembershipDeleted = defineEvent('organization_membership.deleted', MembershipRecord);
