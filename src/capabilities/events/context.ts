import { z } from 'zod';

const Actor = z.strictObject({
  id: z.string(),
  source: z.enum(['api', 'dashboard', 'admin_portal', 'system']),
  name: z.string().nullable(),
});

/** Who did it, for whom; `previous_attributes` holds what an update replaced (spec/enterprise 8.1). */
export const EventContext = z
  .looseObject({
    client_id: z.string().optional(),
    actor: Actor.optional(),
    previous_attributes: z.record(z.string(), z.unknown()).optional(),
    google_analytics_client_id: z.string().optional(),
    google_analytics_sessions: z
      .array(
        z.strictObject({
          containerId: z.string(),
          sessionId: z.string().optional(),
          sessionNumber: z.string().optional(),
        }),
      )
      .optional(),
    ajs_anonymous_id: z.string().optional(),
  })
  .meta({ id: 'EventContext' });

/** Where the contract promises who did it. */
export const ActedContext = EventContext.required({ client_id: true, actor: true });
