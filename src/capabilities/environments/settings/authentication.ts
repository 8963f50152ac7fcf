import { z } from 'zod';
import { defineSettings } from './settings.ts';

/** How people may sign in to the environment at all (spec/authkit 4.6). */
export const authenticationSettings = defineSettings(
  'authentication',
  z.object({
    is_password_enabled: z.boolean().default(true),
    is_sign_up_enabled: z.boolean().default(true),
  }),
);
