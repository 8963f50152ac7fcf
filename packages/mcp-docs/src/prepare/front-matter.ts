import { parse } from 'yaml';

export type FrontMatter = Readonly<Record<string, unknown>>;

const BLOCK = /^\uFEFF?---\r?\n([\s\S]*?)\r?\n---[ \t]*(?:\r?\n|$)/;

/** Splits a page into its front matter and its body. A page whose block is no valid mapping keeps all its text. */
export function splitFrontMatter(text: string): { data: FrontMatter; body: string } {
  const match = BLOCK.exec(text);
  if (match === null) return { data: {}, body: text.replace(/^\uFEFF/, '') };
  const data = parseMapping(match[1] ?? '');
  return data === null ? { data: {}, body: text } : { data, body: text.slice(match[0].length) };
}

function parseMapping(source: string): FrontMatter | null {
  try {
    const value: unknown = parse(source, { maxAliasCount: 0 });
    return isRecord(value) ? value : null;
  } catch {
    return null;
  }
}

/** True for objects that are neither null nor lists. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The text of a field in one line, or an empty string. */
export function textOf(value: unknown): string {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return typeof value === 'string' ? value.replaceAll(/\s+/g, ' ').trim() : '';
}

/** The members of a list that are mappings. */
export function recordsOf(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}
