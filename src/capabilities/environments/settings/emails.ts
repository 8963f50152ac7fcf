import { z } from 'zod';
import { defineSettings } from './settings.ts';

/** Which messages Doorwright sends itself. Those switched off are made all the same, for the application to send. */
export const emailSettings = defineSettings(
  'emails',
  z.object({
    is_email_verification_sent: z.boolean().default(true),
    is_password_reset_sent: z.boolean().default(true),
  }),
);
