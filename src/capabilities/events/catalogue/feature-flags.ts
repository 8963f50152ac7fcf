import { z } from 'zod';
import { Timestamp } from '../../../platform/contract.ts';
import { ActedContext } from '../context.ts';
import { family } from './family.ts';
import { changed, email, ids, made } from './samples.ts';

const FeatureFlag = z.strictObject({
  object: z.literal('feature_flag'),
  id: z.string(),
  environment_id: z.string(),
  slug: z.string(),
  name: z.string(),
  description: z.string().nullable(),
  owner: z
    .strictObject({
      email: z.string(),
      first_name: z.string().nullable(),
      last_name: z.string().nullable(),
    })
    .nullable(),
  tags: z.array(z.string()),
  enabled: z.boolean(),
  default_value: z.boolean(),
  created_at: Timestamp,
  updated_at: Timestamp,
});

const AccessType = z.enum(['none', 'some', 'all']);
const Targets = z.strictObject({
  organizations: z.array(z.strictObject({ id: z.string(), name: z.string() })),
  users: z.array(z.strictObject({ id: z.string(), email: z.string() })),
});

/** Unlike other events, those of flags say in which part of the event the previous attributes stood. */
const UpdateContext = ActedContext.extend({
  previous_attributes: z
    .strictObject({
      data: FeatureFlag.pick({
        name: true,
        description: true,
        tags: true,
        enabled: true,
        default_value: true,
      })
        .partial()
        .optional(),
    })
    .optional(),
});

const RuleContext = ActedContext.extend({
  /** For whom the flag is on, and who they are when it is for some. */
  access_type: AccessType,
  configured_targets: Targets,
  previous_attributes: z.strictObject({
    data: FeatureFlag.pick({ enabled: true, default_value: true }).partial().optional(),
    context: z.strictObject({ access_type: AccessType, configured_targets: Targets }).partial().optional(),
  }),
});

const flag = {
  object: 'feature_flag',
  id: 'flag_01KJPY44E07WJR62K8QKFEG2B4',
  environment_id: 'environment_01KJPY44E0D2888MCM8B7MAKNZ',
  slug: 'weekly-digest',
  name: 'Weekly digest',
  description: 'Sends a summary on Mondays.',
  owner: { email, first_name: 'Maren', last_name: 'Holt' },
  tags: ['mail'],
  enabled: false,
  default_value: false,
  ...made,
};

export const featureFlagEvents = family('feature-flags', {
  'flag.created': {
    when: 'A feature flag was made.',
    planned: FeatureFlag,
    sample: flag,
    context: { schema: ActedContext, sample: {} },
  },
  'flag.updated': {
    when: 'A feature flag was changed.',
    planned: FeatureFlag,
    sample: { ...flag, name: 'Monday digest', ...changed },
    context: {
      schema: UpdateContext,
      sample: { previous_attributes: { data: { name: 'Weekly digest' } } },
    },
  },
  'flag.rule_updated': {
    when: 'Whom a feature flag is on for was changed.',
    planned: FeatureFlag,
    sample: { ...flag, enabled: true, ...changed },
    context: {
      schema: RuleContext,
      sample: {
        access_type: 'some',
        configured_targets: { organizations: [{ id: ids.organization, name: 'Northwind' }], users: [] },
        previous_attributes: {
          data: { enabled: false },
          context: { access_type: 'none', configured_targets: { organizations: [], users: [] } },
        },
      },
    },
  },
  'flag.deleted': {
    when: 'A feature flag was deleted.',
    planned: FeatureFlag,
    sample: { ...flag, ...changed },
    context: { schema: ActedContext, sample: {} },
  },
});
