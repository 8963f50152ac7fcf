/** Who gave a membership its role: a call, an identity provider, or nobody, and so it is the default one. */
export type RoleSource = 'direct' | 'directory' | 'sso' | 'default';

/** What the rules need to know of a role that is given. */
export interface GivenRole {
  id: string;
  slug: string;
}

/** Roles for a membership, and who gives them. */
export interface ChosenRoles {
  roles: readonly GivenRole[];
  source: RoleSource;
}

/** An identity provider's word on somebody: the groups that a directory or a connection says they are in. */
export interface ProviderGroups {
  source: 'directory' | 'sso';
  /** The id of the directory or connection. */
  providerId: string;
  /** As the identity provider names them. */
  groupIds: readonly string[];
}
