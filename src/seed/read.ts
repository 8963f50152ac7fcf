import { readFile } from 'node:fs/promises';
import { type Document, LineCounter, isMap, isNode, isScalar, parseDocument } from 'yaml';
import type { z } from 'zod';
import { SeedFile, laterKeys } from './schema.ts';

/** The file is not what `docs/seed.md` describes; the message has the line. */
export class SeedError extends Error {
  override readonly name = 'SeedError';
}

/** Where something stands in a seed: keys and indexes from the top. */
export type SeedPath = readonly (string | number)[];

/** A seed that was read, and where its parts stand. */
export interface SeedSource {
  readonly seed: SeedFile;
  /** `file:line: path` for messages. */
  locate(path: SeedPath): string;
}

/**
 * Reads and checks a seed file.
 * @throws SeedError with file, line and what is wrong there
 */
export async function readSeed(file: string): Promise<SeedSource> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new SeedError(`${file} cannot be read (${error.code}).`);
  });
  return parseSeed(text, file);
}

/** As `readSeed`, for text that is already there. */
export function parseSeed(text: string, file: string): SeedSource {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const [fault] = document.errors;
  if (fault) throw new SeedError(`${file}:${fault.linePos?.[0].line ?? 1}: ${fault.message.split('\n')[0]}`);
  const locate = (path: SeedPath): string => {
    const offset = offsetOf(document, path);
    return `${file}:${lines.linePos(offset).line}: ${path.join('.') || 'the file'}`;
  };
  const parsed = SeedFile.safeParse(document.toJS() ?? {});
  if (parsed.success) return { seed: parsed.data, locate };
  const sentences = parsed.error.issues.flatMap(innermost).flatMap((issue) => {
    const path = issue.path as SeedPath;
    const paths = issue.code === 'unrecognized_keys' ? issue.keys.map((key) => [...path, key]) : [path];
    return paths.map((at) => `${locate(at)}: ${issue.message}`);
  });
  throw new SeedError(sentences.join('\n'));
}

/** Of the ways in which a value may be written, the one that it comes nearest to: what is wrong there. */
function innermost(issue: z.core.$ZodIssue): z.core.$ZodIssue[] {
  if (issue.code !== 'invalid_union') return [issue];
  const ways = issue.errors.map((inner) => inner.flatMap(innermost));
  const depthOf = (way: z.core.$ZodIssue[]) => Math.max(0, ...way.map(({ path }) => path.length));
  const [nearest] = ways.toSorted((a, b) => depthOf(b) - depthOf(a));
  if (!nearest || nearest.length === 0) return [issue];
  return nearest.map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] }));
}

/** The place of the path, or of the nearest part of it that the document has: a key rather than its value. */
function offsetOf(document: Document, path: SeedPath): number {
  for (let length = path.length; length > 0; length -= 1) {
    const last = path[length - 1];
    const parent = length === 1 ? document.contents : document.getIn(path.slice(0, length - 1), true);
    const key = isMap(parent)
      ? parent.items.find((item) => isScalar(item.key) && item.key.value === last)?.key
      : null;
    const node = isNode(key) ? key : document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return 0;
}

/** One sentence for each known key whose capability this build does not have. */
export function warnOfLaterKeys(seed: SeedFile): string[] {
  const used = new Set<string>();
  for (const contents of [seed, ...seed.environments]) {
    for (const key of laterKeys) if (contents[key] !== undefined) used.add(key);
    if (contents.users.some(({ impersonator }) => impersonator !== undefined)) used.add('users.impersonator');
    for (const organization of contents.organizations) {
      if (organization.groups !== undefined) used.add('organizations.groups');
    }
  }
  return [...used].map((key) => `${key} is not supported by this version yet and was left out.`);
}
