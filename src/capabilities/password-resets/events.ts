import { defineEvent } from '../../platform/events/events.ts';
import { ToldPasswordReset } from './contract.ts';

export const PasswordResetCreated = defineEvent('password_reset.created', ToldPasswordReset);
export const PasswordResetSucceeded = defineEvent('password_reset.succeeded', ToldPasswordReset);
