/**
 * Where we differ from the public contract, and why. Each entry is one difference, as `compareDocument` names it; one
 * that is true no longer fails the test.
 */
export const departures: Readonly<Record<string, string>> = {
  'UserlandUsersController_create[0] 404: the status is not declared by ours':
    'A new user names no other object: nothing can be missing.',
  'UserlandUsersController_create[0] 201.radar_auth_attempt_id: the property is missing':
    'Optional there; answered when fraud detection judges sign-ups.',
  'UserlandUsersController_delete[0] 409: the status is not declared by ours':
    'Every user can be deleted: their memberships and sessions end with them.',
  'UserlandUsersController_resetPassword[0] 400.errors: theirs is required, ours is not':
    '`password_reset_error` always has it; the other 400, an install key without an environment, has no list of errors.',
};
