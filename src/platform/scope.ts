import type { Db } from './database/database.ts';

/** Who may call, as a closed union: an operation names the kinds that it serves. */
export const principalKinds = [
  'api_key',
  'operator',
  'portal',
  'widget',
  'user',
  'scim',
  'client',
  'install',
  'none',
] as const;
export type PrincipalKind = (typeof principalKinds)[number];

export interface Principal {
  readonly kind: PrincipalKind;
  /** The id of the key, session or person; empty for `none`. */
  readonly id: string;
  readonly name: string | null;
  /** The only environment it may touch; null for `install` and `none`. */
  readonly environmentId: string | null;
  /** The only organization it may touch; null when it is not confined to one. */
  readonly organizationId: string | null;
  /** `all` within its own environment, or the permissions that it holds. */
  readonly permissions: 'all' | ReadonlySet<string>;
}

/** The caller without a credential. */
export const nobody: Principal = {
  kind: 'none',
  id: '',
  name: null,
  environmentId: null,
  organizationId: null,
  permissions: new Set(),
};

/** Doorwright itself: jobs, seed file and command line. */
export const system: Principal = { ...nobody, id: 'system', name: 'Doorwright', permissions: 'all' };

export const environmentKinds = ['sandbox', 'production'] as const;
export type EnvironmentKind = (typeof environmentKinds)[number];

/** What a host of an environment serves. */
export type HostKind = 'api' | 'auth' | 'portal' | 'email';

/** What the frame knows of the environment that a request belongs to; at most a second stale. */
export interface Environment {
  readonly id: string;
  readonly name: string;
  readonly kind: EnvironmentKind;
  readonly client_id: string;
  readonly cors_origins: readonly string[];
  /** The first of the installation: its pages lie at the root of the origin. */
  readonly is_default: boolean;
  /** Hosts of its own, by what they serve. */
  readonly hosts: Readonly<Partial<Record<HostKind, string>>>;
}

/** What every verb can ask about the request it serves. */
export interface Scope {
  readonly environment: Environment;
  readonly environmentId: string;
  readonly principal: Principal;
  readonly requestId: string;
  /** Business time of the request: one reading, so an id's time is its `created_at`. */
  readonly now: Date;
}

/** A scope that reads. */
export interface Reader extends Db, Scope {}

/** A value for the `context.actor.source` of an event. */
export type ActorSource = 'api' | 'dashboard' | 'admin_portal' | 'system';

const actorSources: Record<PrincipalKind, ActorSource> = {
  api_key: 'api',
  operator: 'dashboard',
  portal: 'admin_portal',
  widget: 'api',
  user: 'api',
  scim: 'api',
  client: 'api',
  install: 'dashboard',
  none: 'system',
};

/** The actor as events name it. */
export function actorOf(principal: Principal): { id: string; source: ActorSource; name: string | null } {
  return { id: principal.id, source: actorSources[principal.kind], name: principal.name };
}
