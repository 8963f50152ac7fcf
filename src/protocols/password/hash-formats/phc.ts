import { type Result, err, ok } from '../../../lib/result.ts';
import { decodeBase64 } from './base64.ts';
import type { HashFault } from './format.ts';

/** A PHC string, taken apart: `$id$v=1$name=value,name=value$salt$hash`. */
export type Phc = {
  readonly id: string;
  readonly version: string | null;
  readonly parameters: ReadonlyMap<string, string>;
  readonly salt: Buffer;
  readonly hash: Buffer;
};

/** Longer than any hash within bounds: a longer text is not worth taking apart. */
export const maximumHashLength = 1_024;

const shape =
  /^\$([a-z0-9-]{1,32})(?:\$v=([0-9]{1,10}))?\$([a-z]+=[\w/+.=-]*(?:,[a-z]+=[\w/+.=-]*)*)\$([\w/+.=-]*)\$([\w/+.=-]*)$/;

/**
 * Takes a PHC string apart. `names` are the parameters of the format: each must be there once, in any order, as tools do
 * not agree on it. Salt and hash are base64 without padding (PHC string format; argon2 specification). Never throws.
 */
export function parsePhc(text: string, names: readonly string[]): Result<Phc, HashFault> {
  const match = text.length <= maximumHashLength ? shape.exec(text) : null;
  if (!match) {
    const example = names.map((name) => `${name}=…`).join(',');
    return fault(`The hash must be a PHC string: $id$${example}$salt$hash.`);
  }
  const [, id = '', version = null, list = '', saltText = '', hashText = ''] = match;
  const parameters = new Map<string, string>();
  for (const pair of list.split(',')) {
    const [name = '', value = ''] = splitAtFirst(pair, '=');
    if (!names.includes(name)) return fault(`The parameter ${name} is not known; use ${names.join(', ')}.`);
    if (parameters.has(name)) return fault(`The parameter ${name} is there twice.`);
    parameters.set(name, value);
  }
  const missing = names.find((name) => !parameters.has(name));
  if (missing) return fault(`The parameter ${missing} is missing.`);
  const salt = decodeBase64(saltText, 'unpadded');
  if (!salt) return fault('The salt must be base64 without padding.');
  const hash = decodeBase64(hashText, 'unpadded');
  if (!hash) return fault('The hash after the last $ must be base64 without padding.');
  return ok({ id, version, parameters, salt, hash });
}

/**
 * Reads parameters that are numbers, each between its two bounds. Returns them by name, or the first that is not a
 * decimal number within its bounds. Never throws.
 */
export function readNumbers<Name extends string>(
  phc: Phc,
  bounds: Readonly<Record<Name, readonly [minimum: number, maximum: number]>>,
): Result<Readonly<Record<Name, number>>, HashFault> {
  const numbers = {} as Record<Name, number>;
  for (const name in bounds) {
    const [minimum, maximum] = bounds[name];
    const text = phc.parameters.get(name) ?? '';
    const value = /^(?:0|[1-9][0-9]{0,9})$/.test(text) ? Number(text) : Number.NaN;
    if (!(value >= minimum && value <= maximum)) {
      return fault(`The parameter ${name} must be a number from ${format(minimum)} to ${format(maximum)}.`);
    }
    numbers[name] = value;
  }
  return ok(numbers);
}

/** Says when salt or hash are shorter or longer, in bytes, than the format has them; null when both fit. Never throws. */
export function checkSizes(
  phc: Phc,
  bounds: { readonly salt: readonly [number, number]; readonly hash: readonly [number, number] },
): string | null {
  for (const part of ['salt', 'hash'] as const) {
    const [minimum, maximum] = bounds[part];
    const { length } = phc[part];
    if (length < minimum || length > maximum) {
      return `The ${part} must have ${minimum} to ${maximum} bytes; it has ${length}.`;
    }
  }
  return null;
}

const format = (value: number): string => value.toLocaleString('en-US');

const fault = (message: string): Result<never, HashFault> => err({ message });

function splitAtFirst(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return [text.slice(0, at), text.slice(at + separator.length)];
}
