import type { PasswordPolicySettings } from '../../users/index.ts';

const kinds = [
  ['is_uppercase_required', 'an uppercase letter'],
  ['is_lowercase_required', 'a lowercase letter'],
  ['is_number_required', 'a number'],
  ['is_symbol_required', 'a symbol'],
] as const;

/** What a new password needs, in a sentence for people. */
export function describePolicy(policy: PasswordPolicySettings): string {
  const needed = kinds.filter(([setting]) => policy[setting]).map(([, words]) => words);
  const length = `At least ${policy.minimum_length} characters`;
  const [last, ...others] = needed.toReversed();
  if (last === undefined) return `${length}, hard to guess.`;
  const list = others.length > 0 ? `${others.toReversed().join(', ')} and ${last}` : last;
  return `${length}, hard to guess, with ${list}.`;
}
