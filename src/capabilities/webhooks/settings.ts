import { z } from 'zod';
import { defineSettings } from '../environments/index.ts';

export const webhookSettings = defineSettings(
  'webhooks',
  z.object({
    /** Who is told when an endpoint is switched off because it fails. */
    alert_emails: z.array(z.email().max(320)).max(20).default([]),
    /** After so many days of nothing but failures an endpoint is switched off; 0 is never. */
    disable_after_days: z.int().min(0).max(90).default(5),
    /** Where requests come from: kept for operators to tell those who run receivers. */
    egress_addresses: z
      .array(z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()]))
      .max(100)
      .default([]),
  }),
);
