import { loadDictionaries } from './dictionaries.ts';
import { isTooLong, maximumPasswordBytes, normalizePassword } from './normalize.ts';
import {
  type CharacterType,
  type PasswordError,
  allowedSymbols,
  passwordContainsEmail,
  passwordMissingCharacterType,
  passwordPwned,
  passwordTooLong,
  passwordTooShort,
  passwordTooWeak,
} from './policy-errors.ts';

/** What an environment asks of new passwords. */
export type PasswordPolicy = {
  /** In Unicode code points of the normalised password (NIST SP 800-63B-4 3.1.1.2). */
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
 * Checks a password that somebody wants to have, in every form that it is hashed in. Returns all rules that it breaks in
 * a fixed order, none when it is acceptable; of a password that is too long nothing else is looked at. The address
 * and its local part must not be in the password; the names, the domain and other words make it weaker. The
 * dictionaries are loaded at the first call that needs them; rejects only when they cannot be. (Threat P-03.)
 */
export async function checkPassword(
  password: string,
  policy: PasswordPolicy,
  context: PasswordContext,
): Promise<readonly PasswordError[]> {
  if (isTooLong(password)) return [passwordTooLong(maximumPasswordBytes)];
  const normalized = normalizePassword(password);
  const errors: PasswordError[] = [];
  if (containsEmail(normalized, context.email)) errors.push(passwordContainsEmail());
  if ([...normalized].length < policy.minimum_length) errors.push(passwordTooShort(policy.minimum_length));
  errors.push(...missingCharacterTypes(normalized, policy));
  if (policy.is_breached_refused || policy.minimum_strength > 0) {
    errors.push(...(await checkDictionaries(normalized, policy, context)));
  }
  return errors;
}

/** A local part of fewer characters (`al@`) is found in too many good passwords; it still makes them weaker. */
const shortestLocalPart = 4;

function containsEmail(password: string, email: string | null | undefined): boolean {
  if (!email) return false;
  const lower = password.toLowerCase();
  const { address, localPart } = splitEmail(email);
  if (lower.includes(address)) return true;
  return [...localPart].length >= shortestLocalPart && lower.includes(localPart);
}

/** The address in lower case, its part before `@` and any `+tag`, and its domain. */
function splitEmail(email: string): { address: string; localPart: string; domain: string } {
  const address = normalizePassword(email).toLowerCase();
  const at = address.lastIndexOf('@');
  const localPart = address.slice(0, at < 0 ? undefined : at).split('+', 1)[0] ?? '';
  return { address, localPart, domain: at < 0 ? '' : address.slice(at + 1) };
}

function missingCharacterTypes(password: string, policy: PasswordPolicy): PasswordError[] {
  const types: readonly [CharacterType, isRequired: boolean, isPresent: () => boolean][] = [
    ['uppercase', policy.is_uppercase_required, () => /\p{Lu}/u.test(password)],
    ['lowercase', policy.is_lowercase_required, () => /\p{Ll}/u.test(password)],
    ['number', policy.is_number_required, () => /\p{Nd}/u.test(password)],
    [
      'symbol',
      policy.is_symbol_required,
      () => [...password].some((character) => allowedSymbols.includes(character)),
    ],
  ];
  return types
    .filter(([, isRequired, isPresent]) => isRequired && !isPresent())
    .map(([type]) => passwordMissingCharacterType(type));
}

async function checkDictionaries(
  password: string,
  policy: PasswordPolicy,
  context: PasswordContext,
): Promise<PasswordError[]> {
  const { isLeaked, estimateStrength } = await loadDictionaries();
  const errors: PasswordError[] = [];
  if (policy.is_breached_refused && isLeaked(password)) errors.push(passwordPwned());
  if (policy.minimum_strength > 0) {
    const known = knownWords(context);
    const rest = withoutWords(password, known);
    const { score, warning, suggestions } = estimateStrength(rest, known);
    if (score < policy.minimum_strength) {
      errors.push(passwordTooWeak(rest === password ? warning : knownWordWarning, suggestions));
    }
  }
  return errors;
}

/** Names come from strangers: enough of them is enough. */
const mostWords = 20;
const longestWord = 32;
/** Shorter words are part of others, and only taken for easy to guess where zxcvbn finds them. */
const shortestWord = 4;

const knownWordWarning = 'Names and the email address, with its parts, are easy to guess.';

/** What somebody who knows the user must still guess: `Cooper-Alice-1999` of Alice Cooper is but `--1999`. */
function withoutWords(password: string, words: readonly string[]): string {
  const long = words.filter((word) => [...word].length >= shortestWord);
  const reversed = long.map((word) => [...word].reverse().join(''));
  return [...long, ...reversed].reduce(removeWord, password);
}

/** Removes a word, which is in lower case, wherever it stands in whatever case. */
function removeWord(text: string, word: string): string {
  const lower = text.toLowerCase();
  // Some letters change their length with their case (`İ`): positions in one are then not those in the other.
  if (lower.length !== text.length) return lower.replaceAll(word, '');
  let rest = '';
  let from = 0;
  for (let at = lower.indexOf(word); at >= 0; at = lower.indexOf(word, from)) {
    rest += text.slice(from, at);
    from = at + word.length;
  }
  return rest + text.slice(from);
}

/** Everything that is known of the user, whole and in the parts it is made of. */
function knownWords({ email, firstName, lastName, words = [] }: PasswordContext): string[] {
  const { address, localPart, domain } = splitEmail(email ?? '');
  const named = [firstName, lastName, ...words].map((word) => normalizePassword(word ?? '').toLowerCase());
  const whole = [address, localPart, domain, ...named];
  const parts = whole.flatMap((word) => word.slice(0, longestWord).split(/[^\p{L}\p{N}]+/u));
  const known = [...whole, ...parts].map((word) => word.slice(0, longestWord));
  return [...new Set(known)].filter((word) => [...word].length > 1).slice(0, mostWords);
}
