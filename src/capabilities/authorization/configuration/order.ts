import { type Sql, sql } from '../../../platform/database/sql.ts';

/** Joins an organization's own configuration, where it has one, to a statement on `role`. */
export const configurationOf = (organizationId: string | Sql): Sql => sql`
  left join role_configuration as configuration
    on configuration.environment_id = role.environment_id and configuration.organization_id = ${organizationId}`;

/**
 * Roles by priority, the highest first. An organization with an order of its own has the roles that came later at the
 * bottom, the oldest first; the others follow the environment.
 */
export const inOrder = sql`array_position(configuration.role_order, role.id),
  case when configuration.organization_id is null then role.priority end, role.created_at, role.id`;
