import { type Result, err, ok } from './result.ts';

/** Why a text is refused as JSON. `path` is a JSON Pointer (RFC 6901) to the place, where one is known. */
export type JsonFault = { readonly code: JsonFaultCode; readonly message: string; readonly path?: string };

export type JsonFaultCode = keyof typeof messages;

// Fixed sentences: V8's own messages quote the body, and a body may hold a password.
const messages = {
  malformed: 'The body is not valid JSON.',
  too_deep: 'The body nests arrays and objects too deeply.',
  duplicate_key: 'An object in the body has the same key twice.',
  forbidden_key: 'The key "__proto__" is not allowed.',
  nul_character: 'The body contains the NUL character (\\u0000), which cannot be stored.',
  lone_surrogate: 'The body contains half of a surrogate pair, which is not valid Unicode.',
  number_out_of_range: 'A number in the body is too large.',
} as const;

/** Levels of arrays and objects a body may nest, the outermost included (threat X-04). */
const defaultMaxDepth = 32;

/**
 * Reads JSON (RFC 8259) from a caller we do not trust. Takes the decoded text; returns the value or the first
 * fault found. Never throws. Linear in the length of the text, and recursion is bounded by `maxDepth`.
 *
 * `__proto__` is the one key refused by name. `JSON.parse` makes it an ordinary own key, but a later
 * `copy[key] = value` or `Object.assign` would run the prototype setter with it. `constructor` and `prototype`
 * do harm only through a recursive merge into an existing object, which the product never does, and both are
 * legitimate keys of a customer's metadata.
 */
export function parseJson(text: string, limits: { maxDepth?: number } = {}): Result<unknown, JsonFault> {
  const shape = scan(text);
  // Before JSON.parse, so that 100,000 brackets cost one scan and no memory.
  if (shape.depth > (limits.maxDepth ?? defaultMaxDepth)) return err(fault('too_deep'));
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return err(fault('malformed'));
  }
  const walk: Walk = { members: 0, checkStrings: text.includes('\\u') || !text.isWellFormed() };
  const found = check(value, walk);
  if (found) return err(fault(found.code, found.keys));
  // In valid JSON each member has one colon outside strings; a key written twice leaves one member in the value.
  if (walk.members !== shape.colons) return err(fault('duplicate_key'));
  return ok(value);
}

function fault(code: JsonFaultCode, keys?: readonly string[]): JsonFault {
  if (!keys) return { code, message: messages[code] };
  const path = keys.map((key) => `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
  return { code, message: messages[code], path };
}

/** Counts nesting and member colons outside strings. Says nothing about validity: JSON.parse does. */
function scan(text: string): { depth: number; colons: number } {
  let open = 0;
  let depth = 0;
  let colons = 0;
  for (let at = 0; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case 0x22: // "
        at = endOfString(text, at);
        break;
      case 0x5b: // [
      case 0x7b: // {
        open++;
        if (open > depth) depth = open;
        break;
      case 0x5d: // ]
      case 0x7d: // }
        open--;
        break;
      case 0x3a: // :
        colons++;
        break;
    }
  }
  return { depth, colons };
}

/** The index of the quote that closes the string opened at `start`, or the text's length if none does. */
function endOfString(text: string, start: number): number {
  for (let quote = text.indexOf('"', start + 1); quote !== -1; quote = text.indexOf('"', quote + 1)) {
    // Runs of backslashes before different quotes do not overlap, so looking back stays linear in total.
    let before = quote - 1;
    while (text.charCodeAt(before) === 0x5c) before--;
    if ((quote - before) % 2 === 1) return quote;
  }
  return text.length;
}

type Walk = { members: number; readonly checkStrings: boolean };
type Found = { readonly code: JsonFaultCode; readonly keys: string[] };

/** Counts members and looks for what JSON.parse lets through. Recursion is safe: the depth is already bounded. */
function check(value: unknown, walk: Walk): Found | null {
  if (typeof value === 'string') return walk.checkStrings ? checkString(value) : null;
  if (typeof value === 'number')
    return Number.isFinite(value) ? null : { code: 'number_out_of_range', keys: [] };
  if (typeof value !== 'object' || value === null) return null;
  if (Array.isArray(value)) return checkItems(value, walk);
  for (const [key, member] of Object.entries(value)) {
    walk.members++;
    const found = checkKey(key, walk) ?? check(member, walk);
    if (found) return within(key, found);
  }
  return null;
}

function checkItems(items: readonly unknown[], walk: Walk): Found | null {
  for (let index = 0; index < items.length; index++) {
    const found = check(items[index], walk);
    if (found) return within(String(index), found);
  }
  return null;
}

function checkKey(key: string, walk: Walk): Found | null {
  if (key === '__proto__') return { code: 'forbidden_key', keys: [] };
  return walk.checkStrings ? checkString(key) : null;
}

function checkString(text: string): Found | null {
  if (text.includes('\0')) return { code: 'nul_character', keys: [] };
  return text.isWellFormed() ? null : { code: 'lone_surrogate', keys: [] };
}

function within(key: string, found: Found): Found {
  // A path is shown to people and stored in logs, so a key that is itself the fault is made printable.
  found.keys.unshift(key.replaceAll('\0', '\u2400').toWellFormed());
  return found;
}
