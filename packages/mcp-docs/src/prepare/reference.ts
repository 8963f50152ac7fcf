import type { Operation } from '../corpus/page.ts';
import { textOf } from './front-matter.ts';
import type { FrontMatter } from './front-matter.ts';
import { languagesOf, readDescriptions } from './symbols.ts';
import type { Entry, Symbols } from './symbols.ts';

const METHODS = new Set(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']);
const HTTP_LANGUAGES = ['curl', 'json', 'url'];
const LANGUAGE_NAMES: Readonly<Record<string, string>> = {
  curl: 'HTTP',
  json: 'JSON',
  url: 'URL',
  js: 'JavaScript and TypeScript',
  go: 'Go',
  java: 'Java',
  kotlin: 'Kotlin',
  ruby: 'Ruby',
  python: 'Python',
  php: 'PHP',
  dotnet: '.NET',
  laravel: 'Laravel',
  elixir: 'Elixir',
};
const MAX_DEPTH = 6;

type Context = {
  readonly symbols: Symbols;
  readonly own: ReadonlyMap<string, string>;
  readonly language: string;
};
type Row = { name: string; type: string; isOptional: boolean; description: string };

/** What the front matter of a reference page says, as Markdown tables: one text for HTTP, one for each language. */
export function renderReference(
  data: FrontMatter,
  symbols: Symbols,
): { http: string; languages: Record<string, string>; names: string[] } {
  const own = readDescriptions(data);
  const texts = new Map<string, string>();
  const signatures = new Map<string, string[]>();
  for (const [language, entries] of languagesOf(data)) {
    const context: Context = { symbols, own, language };
    const text = entries
      .map((entry) => renderEntry(entry, context))
      .filter((part) => part !== '')
      .join('\n');
    if (text !== '') texts.set(language, `**${LANGUAGE_NAMES[language] ?? language}**\n\n${text}`);
    signatures.set(
      language,
      entries.map(({ title }) => textOf(title)).filter((title) => title !== ''),
    );
  }
  const main = [...HTTP_LANGUAGES, ...texts.keys()].find((language) => texts.has(language));
  const names = [...signatures.values()].flat();
  if (main === undefined) return { http: '', languages: {}, names };
  return {
    http: `${texts.get(main) ?? ''}${renderSignatures(signatures)}`,
    languages: Object.fromEntries([...texts].filter(([language]) => !HTTP_LANGUAGES.includes(language))),
    names,
  };
}

function renderSignatures(signatures: ReadonlyMap<string, readonly string[]>): string {
  const lines = [...signatures]
    .filter(([language, titles]) => !HTTP_LANGUAGES.includes(language) && titles.length > 0)
    .map(([language, titles]) => {
      const codes = titles.map((title) => `\`${title}\``).join(', ');
      return `- ${LANGUAGE_NAMES[language] ?? language} (\`${language}\`): ${codes}`;
    });
  return lines.length === 0 ? '' : `\n**In the client libraries**\n\n${lines.join('\n')}\n`;
}

function renderEntry(entry: Entry, context: Context): string {
  const title = textOf(entry['title']);
  const method = textOf(entry['type']).toUpperCase();
  const rows = collectRows(entry['parameters'], { ...context, prefix: '', depth: 0 });
  const fields = collectRows(entry['properties'], { ...context, prefix: '', depth: 0 });
  const returns = collectRows(entry['returns'], { ...context, prefix: '', depth: MAX_DEPTH - 2 });
  if (title === '' && rows.length + fields.length === 0) return '';
  const heading = METHODS.has(method) ? `${method} ${title}` : title;
  return [
    heading === '' ? '' : `\`${heading}\`\n`,
    rows.length === 0 ? '' : `Parameters:\n\n${renderTable(rows)}`,
    fields.length === 0 ? '' : `Fields:\n\n${renderTable(fields)}`,
    returns.length === 0 ? '' : `Returns:\n\n${renderTable(returns)}`,
  ]
    .filter((part) => part !== '')
    .join('\n');
}

type RowContext = Context & { readonly prefix: string; readonly depth: number };

function collectRows(list: unknown, context: RowContext): Row[] {
  if (!Array.isArray(list) || context.depth > MAX_DEPTH) return [];
  return list.flatMap((item: unknown) => {
    const isReference = typeof item === 'string';
    const entry = isReference ? context.symbols.find(item, context.language) : (item as Entry | null);
    if (entry === null || typeof entry !== 'object') return referenceRow(textOf(item), context.prefix);
    return rowsOf(entry, isReference, context);
  });
}

function referenceRow(text: string, prefix: string): Row[] {
  const name = text.replace(/^\((?:.*\.)?/, '').replace(/\)$/, '');
  return name === '' ? [] : [{ name: `${prefix}${name}`, type: '', isOptional: false, description: '' }];
}

function rowsOf(entry: Entry, isReference: boolean, context: RowContext): Row[] {
  const key = textOf(entry['key']);
  const nested = entry['properties'];
  const isWrapper = entry['unwrap'] === true || key === 'anonymous';
  if (isWrapper) return collectRows(nested, { ...context, depth: context.depth + 1 });
  const url = textOf(entry['url']);
  const described = context.symbols.describe(entry['description'], context.own);
  const row: Row = {
    name: `${context.prefix}${key}`,
    type: textOf(entry['type']),
    isOptional: entry['optional'] === true,
    description: described === '' && url !== '' ? `See [${key}](${url}).` : described,
  };
  // A named object has a page of its own: its fields are not repeated.
  const hasPage = isReference && url !== '' && !context.own.has(`${key}.self`);
  if (hasPage) return [row];
  return [row, ...collectRows(nested, { ...context, prefix: `${row.name}.`, depth: context.depth + 1 })];
}

const cell = (text: string): string => text.replaceAll('|', '\\|');

function renderTable(rows: readonly Row[]): string {
  const lines = rows.map(({ name, type, isOptional, description }) => {
    const shownType = type === '' ? '' : `\`${type}\``;
    return `| \`${cell(name)}\` | ${cell(shownType)} | ${isOptional ? 'no' : 'yes'} | ${cell(description)} |`;
  });
  return `| Name | Type | Required | Description |\n| --- | --- | --- | --- |\n${lines.join('\n')}\n`;
}

/** The HTTP operations of a reference page with the names that the client libraries give them. */
export function findOperations(data: FrontMatter, page: string, title: string): Operation[] {
  const languages = languagesOf(data);
  const http = languages.find(([language]) => language === 'curl')?.[1] ?? [];
  return http.flatMap((entry) => {
    const method = textOf(entry['type']).toUpperCase();
    const path = textOf(entry['title']);
    if (!METHODS.has(method) || !path.startsWith('/')) return [];
    const id = textOf(entry['id']);
    const names: [string, string][] = languages.flatMap(([language, entries]) => {
      const named = entries.find((other) => textOf(other['id']) === id);
      const name = textOf(named?.['title']);
      return language === 'curl' || name === '' ? [] : [[language, name] satisfies [string, string]];
    });
    return [{ id, method, path, title, page, names: Object.fromEntries(names) }];
  });
}
