import * as z from 'zod';
import type { ChangelogEntry } from '../corpus/page.ts';
import type { Corpus } from '../corpus/store.ts';
import { termsOf } from '../search/tokens.ts';
import { editDistance } from '../search/typos.ts';
import { ToolError, defineTool } from './tool.ts';
import type { Answer, Tool } from './tool.ts';

const MAX_ENTRIES = 200;

const Output = z.object({
  package: z.string(),
  total: z.number().int(),
  entries: z.array(
    z.object({
      package: z.string(),
      version: z.string(),
      date: z.string().nullable(),
      changes: z.array(z.string()),
      url: z.string().nullable(),
    }),
  ),
  packages: z.array(z.string()),
});

const Input = z.object({
  package: z.string().max(200).default('').describe('Name of a package or product; all of them by default.'),
  since: z
    .string()
    .regex(
      /^(?:\d{4}-\d{2}-\d{2}|v?\d+(?:\.\d+)*(?:[-+].*)?)$/,
      'must be a date such as 2026-01-31, or a version',
    )
    .optional()
    .describe('Only entries after this date or version.'),
  filter: z.string().max(300).optional().describe('Only entries that have all of these words.'),
  limit: z.number().int().min(1).max(MAX_ENTRIES).default(25),
});

const ALIAS_SCHEMA = {
  type: 'object',
  properties: {
    package: { type: 'string', description: 'Name of a package or product that has a changelog.' },
  },
  required: ['package'],
};

const DESCRIPTION =
  'Tells what changed: releases and announcements, newest first, by package, date and words.';

export const changelogTools: readonly Tool[] = [
  defineTool({
    name: 'doorwright_changelogs',
    title: 'Read changelogs',
    description: DESCRIPTION,
    input: Input,
    output: Output,
    answer: (input, corpus) => answerChangelogs(corpus, input),
  }),
  defineTool({
    name: 'workos_changelogs',
    title: 'Read changelogs',
    description: DESCRIPTION,
    input: z.object({ package: z.string().trim().min(1).max(200) }),
    inputSchema: ALIAS_SCHEMA,
    output: Output,
    answer: (input, corpus) => answerChangelogs(corpus, { ...input, limit: MAX_ENTRIES }),
  }),
];

function answerChangelogs(corpus: Corpus, input: z.infer<typeof Input>): Answer {
  const all = collectEntries(corpus);
  const packages = [...new Set(all.map((entry) => entry.package))].sort();
  const name = input.package.trim();
  const own = name === '' ? all : all.filter((entry) => entry.package.toLowerCase() === name.toLowerCase());
  if (own.length === 0 && name !== '') throw new ToolError(unknownPackage(name, packages));
  const words = termsOf(input.filter ?? '');
  const found = own
    .filter((entry) => isAfter(entry, input.since, own))
    .filter((entry) => hasAll(entry, words))
    .slice(0, input.limit);
  const data = { package: name, total: found.length, entries: found, packages };
  return { text: render(found, name, packages), data };
}

/** The entries of all collections, newest first; the same entry in two versions of a documentation counts once. */
function collectEntries(corpus: Corpus): ChangelogEntry[] {
  const found = new Map<string, ChangelogEntry>();
  for (const collection of corpus.collections) {
    for (const entry of collection.extras().changelogs) {
      found.set(`${entry.package}\0${entry.version}\0${entry.date ?? ''}`, entry);
    }
  }
  // Entries without a date stay where the file has them.
  return [...found.values()].sort((a, b) =>
    a.date === null || b.date === null ? 0 : b.date.localeCompare(a.date),
  );
}

function isAfter(entry: ChangelogEntry, since: string | undefined, all: readonly ChangelogEntry[]): boolean {
  if (since === undefined) return true;
  if (/^\d{4}-/.test(since)) return entry.date !== null && entry.date > since;
  const bare = (version: string) => version.replace(/^v/, '');
  const place = all.findIndex(
    (other) => other.package === entry.package && bare(other.version) === bare(since),
  );
  return place === -1 || all.indexOf(entry) < place;
}

function hasAll(entry: ChangelogEntry, words: readonly string[]): boolean {
  if (words.length === 0) return true;
  const own = new Set(termsOf(`${entry.version} ${entry.changes.join(' ')}`));
  return words.every((word) => own.has(word));
}

function unknownPackage(name: string, packages: readonly string[]): string {
  const near = packages.filter(
    (other) =>
      other.includes(name) ||
      name.includes(other) ||
      editDistance(name.toLowerCase(), other.toLowerCase(), 3) <= 3,
  );
  const hint = near.length === 0 ? '' : ` Did you mean ${near.map((other) => `\`${other}\``).join(' or ')}?`;
  const known =
    packages.length === 0
      ? 'This corpus has no changelogs.'
      : `There are changelogs of: ${packages.join(', ')}.`;
  return `There is no changelog of "${name}".${hint} ${known}`;
}

function render(entries: readonly ChangelogEntry[], name: string, packages: readonly string[]): string {
  const lines = [`# ${name === '' ? 'Changes' : `${name} changelog`}`, ''];
  if (entries.length === 0) lines.push('No entry fits.', '');
  for (const entry of entries) {
    lines.push(
      `## ${name === '' ? `${entry.package}: ` : ''}${entry.version}${entry.date === null ? '' : ` (${entry.date})`}`,
      '',
    );
    if (entry.url !== null) lines.push(`<${entry.url}>`, '');
    lines.push(
      ...(entry.changes.length === 1 ? entry.changes : entry.changes.map((change) => `- ${change}`)),
      '',
    );
  }
  if (packages.length > 1) lines.push(`Changelogs: ${packages.join(', ')}.`);
  return lines.join('\n');
}
