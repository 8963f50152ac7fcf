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

/** A directory or connection of an organization: what says which groups somebody is in. */
export interface GroupProvider {
  source: 'directory' | 'sso';
  /** The id of the directory or connection. */
  providerId: string;
}

/** An identity provider's word on somebody. */
export interface ProviderGroups extends GroupProvider {
  /** As the identity provider names them. */
  groupIds: readonly string[];
}

/** What a group of an identity provider stands for. A group may be mapped to several roles. */
export interface GroupMapping {
  groupId: string;
  roleSlug: string;
}
