const general = 'The context of every event may say it; no flag has it yet.';
const answered = 'Optional there and always told here, as in answers of the API.';

/**
 * Where an event of ours differs from the contract on purpose, and why: the event, its family as `family.*`, and the
 * place. A place that is not here agrees in type, null, presence and values.
 */
export const explainedEvents: Readonly<Record<string, string>> = {
  'flag.* context.google_analytics_client_id': general,
  'flag.* context.google_analytics_sessions': general,
  'flag.* context.google_analytics_sessions[]': general,
  'flag.* context.google_analytics_sessions[].containerId': general,
  'flag.* context.google_analytics_sessions[].sessionId': general,
  'flag.* context.google_analytics_sessions[].sessionNumber': general,
  'flag.* context.ajs_anonymous_id': general,
  'flag.* context.previous_attributes': general,
  'organization.* data.allow_profiles_outside_organization':
    'Answered by the API as well, where the contract has it.',
  'organization.* data.domains[].state': answered,
  'organization.* data.domains[].verification_strategy': answered,
  'organization_domain.* data.state': answered,
  'organization_domain.* data.verification_strategy': answered,
  'organization_domain.* data.organization_domain.state': answered,
  'organization_domain.* data.organization_domain.verification_strategy': answered,
  'organization_membership.* data.roles': answered,
  'role.* data.permissions': answered,
  'user.* data.name': answered,
  'user.* data.metadata': answered,
  'user.* data.locale': answered,
};
