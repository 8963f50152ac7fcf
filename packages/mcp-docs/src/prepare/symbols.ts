import { isRecord, recordsOf, textOf } from './front-matter.ts';
import type { FrontMatter } from './front-matter.ts';

/** A parameter, field or operation in the front matter of a reference page. */
export type Entry = Readonly<Record<string, unknown>>;

/** Looks up the names in parentheses that stand for a text or an entry of this or another page. */
export type Symbols = {
  readonly describe: (value: unknown, own: ReadonlyMap<string, string>) => string;
  readonly find: (value: unknown, language: string) => Entry | null;
};

const NAME = /^\(([^()\s]+(?:\(\))?)\)$/;

/** Collects what the pages of a tree define, so that any of them can refer to it. */
export function collectSymbols(pages: readonly FrontMatter[]): Symbols {
  const descriptions = new Map<string, string>();
  const entries = new Map<string, Entry>();
  for (const data of pages) {
    for (const [name, text] of readDescriptions(data)) {
      if (!descriptions.has(name)) descriptions.set(name, text);
    }
    for (const [language, list] of languagesOf(data)) {
      for (const entry of list) addEntry(entries, language, entry);
    }
  }
  return {
    describe: (value, own) => {
      const name = NAME.exec(textOf(value))?.[1];
      if (name === undefined) return textOf(value);
      return own.get(name) ?? descriptions.get(name) ?? '';
    },
    find: (value, language) => {
      const name = NAME.exec(textOf(value))?.[1];
      return name === undefined ? null : (entries.get(`${language} ${name}`) ?? null);
    },
  };
}

function addEntry(entries: Map<string, Entry>, language: string, entry: Entry): void {
  const key = textOf(entry['key']);
  const add = (name: string, value: Entry) => {
    if (!entries.has(`${language} ${name}`)) entries.set(`${language} ${name}`, value);
  };
  add(key, entry);
  for (const property of recordsOf(entry['properties'])) add(`${key}.${textOf(property['key'])}`, property);
}

/** The texts of a page by their dotted names: `organization.id`, and `organization` for its `self`. */
export function readDescriptions(data: FrontMatter): Map<string, string> {
  const found = new Map<string, string>();
  const visit = (value: unknown, name: string) => {
    if (isRecord(value)) {
      for (const [key, member] of Object.entries(value)) visit(member, name === '' ? key : `${name}.${key}`);
    } else if (textOf(value) !== '') {
      found.set(name, textOf(value));
    }
  };
  visit(data['descriptions'], '');
  return found;
}

/** The entries of a page by language. */
export function languagesOf(data: FrontMatter): [language: string, entries: Entry[]][] {
  const reference = data['reference'];
  if (!isRecord(reference)) return [];
  return Object.entries(reference).map(([language, entries]) => [language, recordsOf(entries)]);
}
