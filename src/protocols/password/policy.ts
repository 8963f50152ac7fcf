import type { PasswordError } from './policy-errors.ts';

/** What an environment asks of new passwords. */
export type PasswordPolicy = {
  /** In Unicode code points of the normalised password. */
  readonly minimum_length: number;
  /** 0 to 4, as zxcvbn scores; 0 asks for nothing. */
  readonly minimum_strength: number;
  readonly is_breached_refused: boolean;
  readonly is_uppercase_required: boolean;
  readonly is_lowercase_required: boolean;
  readonly is_number_required: boolean;
  readonly is_symbol_required: boolean;
};

/** What is known of the user and easily guessed of their password. */
export type PasswordContext = {
  readonly email?: string | null | undefined;
  readonly firstName?: string | null | undefined;
  readonly lastName?: string | null | undefined;
  /** Further words, for example the name of the organization. */
  readonly words?: readonly string[];
};

/**
 * Checks a password that somebody wants to have. Returns every rule it breaks, none when it is acceptable. The
 * dictionaries are loaded at the first call that needs them. Rejects only when they cannot be loaded.
 */
export async function checkPassword(
  _password: string,
  _policy: PasswordPolicy,
  _context: PasswordContext,
): Promise<readonly PasswordError[]> {
  await Promise.resolve();
  throw new Error('Not written yet.');
}
