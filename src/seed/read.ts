import { readFile } from 'node:fs/promises';
import { LineCounter, parseDocument } from 'yaml';
import { SeedFile, laterKeys } from './schema.ts';

/** The file is not what `docs/seed.md` describes; the message has the line. */
export class SeedError extends Error {
  override readonly name = 'SeedError';
}

/**
 * Reads and checks a seed file.
 * @throws SeedError with file, line and what is wrong there
 */
export async function readSeed(file: string): Promise<SeedFile> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new SeedError(`${file} cannot be read (${error.code}).`);
  });
  return parseSeed(text, file);
}

/** As `readSeed`, for text that is already there. */
export function parseSeed(text: string, file: string): SeedFile {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const [fault] = document.errors;
  if (fault) throw new SeedError(`${file}:${fault.linePos?.[0].line ?? 1}: ${fault.message.split('\n')[0]}`);
  const parsed = SeedFile.safeParse(document.toJS() ?? {});
  if (parsed.success) return parsed.data;
  const sentences = parsed.error.issues.map((issue) => {
    const path = 'keys' in issue ? [...issue.path, issue.keys[0] ?? ''] : issue.path;
    const line = lineOf(path as (string | number)[]);
    return `${file}:${line}: ${path.join('.') || 'the file'}: ${issue.message}`;
  });
  throw new SeedError(sentences.join('\n'));

  function lineOf(path: readonly (string | number)[]): number {
    for (let length = path.length; length > 0; length -= 1) {
      const node = document.getIn(path.slice(0, length), true) as
        { range?: [number, number, number] } | undefined;
      if (node?.range) return lines.linePos(node.range[0]).line;
    }
    return 1;
  }
}

/** One sentence for each known key whose capability this build does not have. */
export function warnOfLaterKeys(seed: SeedFile): string[] {
  const used = new Set<string>();
  for (const contents of [seed, ...seed.environments]) {
    for (const key of laterKeys) if (contents[key] !== undefined) used.add(key);
    for (const organization of contents.organizations) {
      if (organization.memberships !== undefined) used.add('organizations.memberships');
      if (organization.groups !== undefined) used.add('organizations.groups');
    }
  }
  return [...used].map((key) => `${key} is not supported by this version yet and was left out.`);
}
