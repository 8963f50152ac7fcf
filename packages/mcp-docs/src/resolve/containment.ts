/** Why a path is refused without being looked up. */
export type Refusal = 'too_long' | 'control_character' | 'scheme' | 'outside';

export type Segments =
  | {
      readonly ok: true;
      readonly segments: readonly string[];
      readonly fragment: string;
      readonly isUrl: boolean;
    }
  | { readonly ok: false; readonly reason: Refusal };

const MAX_LENGTH = 1_000;
const MAX_DECODINGS = 3;
// Control characters, and those that hide or reorder text.
const CONTROL = /[\p{Cc}\p{Cf}]/u;

const refuse = (reason: Refusal): Segments => ({ ok: false, reason });

/**
 * Takes apart what a caller gives as a path: a path, a URL or a `docs://` address, encoded or not. Pages are found in a
 * list that was made at prepare time and never by opening a file of this name; a path that leaves the root is refused
 * all the same, before and after decoding, so that no later use of it can go wrong.
 */
export function splitPath(input: string): Segments {
  if (input.length > MAX_LENGTH) return refuse('too_long');
  const decoded = decodeFully(input);
  if (decoded === null || CONTROL.test(decoded)) return refuse('control_character');
  const text = unwrap(decoded.normalize('NFKC').trim()).replaceAll('\\', '/');
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(text)?.[1]?.toLowerCase();
  if (scheme !== undefined && !/^(https?|docs)$/.test(scheme)) return refuse('scheme');
  const isUrl = scheme !== undefined || /^[\w-]+(\.[\w-]+)*\.(com|dev|io|org|net)(:\d+)?\//i.test(text);
  // The host, or the version of a docs:// address, names no folder.
  const rest = isUrl ? text.replace(/^[a-z]+:/i, '').replace(/^\/*[^/#?]*/, '') : text;
  const hashAt = rest.indexOf('#');
  const fragment = hashAt === -1 ? '' : rest.slice(hashAt + 1);
  const path = (hashAt === -1 ? rest : rest.slice(0, hashAt)).replace(/\?.*$/s, '');
  const segments = foldDots(path);
  return segments === null ? refuse('outside') : { ok: true, segments, fragment, isUrl };
}

function decodeFully(input: string): string | null {
  let text = input;
  for (let round = 0; round < MAX_DECODINGS; round += 1) {
    if (!text.includes('%')) return text;
    const decoded = decodeOnce(text);
    if (decoded === text) return text;
    text = decoded;
  }
  // Nobody encodes a page's name more than three times in good faith.
  return decodeOnce(text) === text ? text : null;
}

function decodeOnce(text: string): string {
  return text.replaceAll(/(?:%[0-9a-f]{2})+/gi, (run) => {
    try {
      return decodeURIComponent(run);
    } catch {
      // Overlong and broken UTF-8 (`%c0%ae`) stands for no character: it can't be part of a name.
      return '\u0000';
    }
  });
}

function unwrap(text: string): string {
  const link = /^\[[^\]]*\]\(([^)\s]+)\)$/.exec(text)?.[1];
  return (link ?? text).replaceAll(/^["'`<]+|["'`>]+$/g, '').trim();
}

function foldDots(path: string): string[] | null {
  const segments: string[] = [];
  for (const part of path.split('/')) {
    const segment = part.trim();
    if (segment === '' || segment === '.') continue;
    if (/^\.{2,}$/.test(segment)) {
      if (segments.pop() === undefined) return null;
    } else {
      segments.push(segment);
    }
  }
  return segments;
}
