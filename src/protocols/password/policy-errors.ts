export type CharacterType = 'uppercase' | 'lowercase' | 'number' | 'symbol';

/** One entry of `errors` in `password_strength_error` and `password_reset_error`, in the words of the wire. */
export type PasswordError =
  | { readonly code: 'password_contains_email'; readonly message: string }
  | { readonly code: 'password_too_short'; readonly message: string; readonly minimum_length: number }
  | { readonly code: 'password_too_long'; readonly message: string }
  | { readonly code: 'password_pwned'; readonly message: string }
  | {
      readonly code: 'password_too_weak';
      readonly message: string;
      readonly warning: string;
      readonly suggestions: readonly string[];
    }
  | {
      readonly code: 'password_missing_character_type';
      readonly message: string;
      readonly character_type: CharacterType;
      /** The characters that count, for `symbol` only. */
      readonly symbols?: string;
    }
  | { readonly code: 'password_reused'; readonly message: string };

/** What counts as a symbol: every printable ASCII character that is neither letter, digit nor space. */
export const allowedSymbols = '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~';

/** Makes the error for a password that holds the e-mail address or one of its parts. */
export const passwordContainsEmail = (): PasswordError => ({
  code: 'password_contains_email',
  message: 'The password must not contain the email address.',
});

/** Makes the error for a password of fewer than `minimumLength` characters. */
export const passwordTooShort = (minimumLength: number): PasswordError => ({
  code: 'password_too_short',
  message: `The password must have at least ${minimumLength} characters.`,
  minimum_length: minimumLength,
});

/** Makes the error for a password of more than `maximumBytes` bytes of UTF-8. */
export const passwordTooLong = (maximumBytes: number): PasswordError => ({
  code: 'password_too_long',
  message: `The password must have at most ${maximumBytes} bytes.`,
});

/** Makes the error for a password that is on the list of leaked ones. */
export const passwordPwned = (): PasswordError => ({
  code: 'password_pwned',
  message: 'This password is on lists of leaked passwords. Choose one that is used nowhere else.',
});

/** Makes the error for a password that is guessed too soon; `warning` may be empty. */
export const passwordTooWeak = (warning: string, suggestions: readonly string[]): PasswordError => ({
  code: 'password_too_weak',
  message: 'The password is too easy to guess.',
  warning,
  suggestions,
});

const articles: Record<CharacterType, string> = {
  uppercase: 'an uppercase letter',
  lowercase: 'a lowercase letter',
  number: 'a number',
  symbol: 'a symbol',
};

/** Makes the error for a password without a character that the policy asks for. */
export const passwordMissingCharacterType = (type: CharacterType): PasswordError => ({
  code: 'password_missing_character_type',
  message: `The password must contain ${articles[type]}.`,
  character_type: type,
  ...(type === 'symbol' ? { symbols: allowedSymbols } : {}),
});

/** Makes the error for a password that the user had before. Whoever keeps the history decides. */
export const passwordReused = (): PasswordError => ({
  code: 'password_reused',
  message: 'This password was used before. Choose a new one.',
});
