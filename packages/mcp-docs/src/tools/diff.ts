import * as z from 'zod';
import { addressOf } from '../corpus/page.ts';
import type { Page } from '../corpus/page.ts';
import { compareVersions } from '../corpus/store.ts';
import type { Collection, Corpus } from '../corpus/store.ts';
import { diffLines } from './diff-lines.ts';
import { ToolError, defineTool, selectCollections } from './tool.ts';
import type { Answer, Tool } from './tool.ts';

const MAX_LISTED = 300;
const MAX_DIFF_LINES = 1_500;

const Output = z.object({
  from: z.string(),
  to: z.string(),
  path: z.string().optional(),
  added: z.array(z.string()).optional(),
  removed: z.array(z.string()).optional(),
  moved: z.array(z.object({ from: z.string(), to: z.string() })).optional(),
  changed: z.array(z.string()).optional(),
  diff: z.array(z.string()).optional(),
  is_cut: z.boolean(),
});

const Input = z.object({
  from: z.string().max(100).optional().describe('Older version; the one before `to` by default.'),
  to: z.string().max(100).optional().describe('Newer version; the newest by default.'),
  path: z
    .string()
    .max(1_000)
    .optional()
    .describe('A page, to see its lines; without it all pages are compared.'),
});

export const diffTool: Tool = defineTool({
  name: 'doorwright_diff',
  title: 'Compare two versions of the documentation',
  description: 'Compares two versions: which pages came, went, moved and changed; or the lines of one page.',
  input: Input,
  output: Output,
  answer: (input, corpus) => {
    const [from, to] = pickVersions(corpus, input);
    return input.path === undefined ? compareAll(from, to) : comparePage(from, to, input.path);
  },
});

function pickVersions(corpus: Corpus, input: z.infer<typeof Input>): [Collection, Collection] {
  const newest = input.to === undefined ? undefined : selectCollections(corpus, input.to)[0];
  const named = input.from === undefined ? undefined : selectCollections(corpus, input.from)[0];
  const siblings = (name: string) =>
    corpus.collections
      .filter((other) => other.name === name)
      .sort((a, b) => compareVersions(a.version, b.version));
  const name =
    newest?.name ??
    named?.name ??
    corpus.collections.find((one) => siblings(one.name).length > 1)?.name ??
    '';
  const to = newest ?? siblings(name).at(-1);
  const older = siblings(name).filter(
    (other) => to !== undefined && compareVersions(other.version, to.version) < 0,
  );
  const from = named ?? older.at(-1);
  if (from === undefined || to === undefined) {
    const known = corpus.collections.map(({ id }) => id).join(', ');
    throw new ToolError(`Two versions of one documentation are needed. There are: ${known}.`);
  }
  return [from, to];
}

function compareAll(from: Collection, to: Collection): Answer {
  const before = from.byPath();
  const after = to.byPath();
  const gone = from.pages.filter(({ path }) => !after.has(path));
  const moved = gone.flatMap((page) => {
    const target = movedTo(page, to);
    return target === null || before.has(target.path) ? [] : [{ from: page.path, to: target.path }];
  });
  const sources = new Set(moved.map((move) => move.from));
  const targets = new Set(moved.map((move) => move.to));
  const added = to.pages
    .filter(({ path }) => !before.has(path) && !targets.has(path))
    .map(({ path }) => path);
  const removed = gone.filter(({ path }) => !sources.has(path)).map(({ path }) => path);
  const changed = to.pages
    .filter(({ path, hash }) => (before.get(path)?.hash ?? hash) !== hash)
    .map(({ path }) => path);
  const lists = { added, removed, moved, changed };
  const isCut = Object.values(lists).some((list) => list.length > MAX_LISTED);
  const data = {
    from: from.id,
    to: to.id,
    added: added.slice(0, MAX_LISTED),
    removed: removed.slice(0, MAX_LISTED),
    moved: moved.slice(0, MAX_LISTED),
    changed: changed.slice(0, MAX_LISTED),
    is_cut: isCut,
  };
  const section = (title: string, all: readonly unknown[], lines: readonly string[]) =>
    all.length === 0 ? [] : [`## ${title} (${all.length})`, '', ...lines.map((line) => `- ${line}`), ''];
  const text = [
    `# ${from.id} to ${to.id}`,
    '',
    ...section('New', added, data.added),
    ...section('Gone', removed, data.removed),
    ...section(
      'Moved',
      moved,
      data.moved.map((move) => `${move.from} to ${move.to}`),
    ),
    ...section('Changed', changed, data.changed),
  ].join('\n');
  return { text, data };
}

function movedTo(page: Page, to: Collection): Page | null {
  const resolution = to.resolver()(addressOf(page.path));
  return resolution.kind === 'page' && resolution.via === 'redirect' ? resolution.page : null;
}

function comparePage(from: Collection, to: Collection, path: string): Answer {
  const [before, after] = [from, to].map((collection) => {
    const resolution = collection.resolver()(path);
    return resolution.kind === 'page' ? resolution.page : null;
  });
  if (!before && !after)
    throw new ToolError(`Neither ${from.id} nor ${to.id} has the page "${path.slice(0, 200)}".`);
  const left = before ? from.read(before.text) : '';
  const right = after ? to.read(after.text) : '';
  const all = left === right ? [] : diffLines(left, right);
  const lines = all.slice(0, MAX_DIFF_LINES);
  const name = (after ?? before)?.path ?? path;
  const head = before && after && before.path !== after.path ? [`It was \`${before.path}\` before.`, ''] : [];
  const text = [
    `# ${name}: ${from.id} to ${to.id}`,
    '',
    ...head,
    ...(before ? [] : ['The page is new.', '']),
    ...(after ? [] : ['The page is gone.', '']),
    ...(lines.length === 0 ? ['Nothing changed.'] : ['````diff', ...lines, '````']),
  ].join('\n');
  return {
    text,
    data: { from: from.id, to: to.id, path: name, diff: lines, is_cut: all.length > lines.length },
  };
}
