/** A heading of a page with the text below it. Offsets count UTF-16 units of the page's Markdown. */
export type Section = {
  readonly heading: string;
  readonly slug: string;
  readonly level: number;
  readonly start: number;
  readonly end: number;
};

/** Where a text lies in the collection's text file, in bytes. */
export type Span = { readonly at: number; readonly length: number };

export type PageKind =
  'guide' | 'reference' | 'integration' | 'sdk' | 'migration' | 'glossary' | 'decision' | 'changelog';

/** What is known of a page without its text. `path` is the path of its file without the extension. */
export type Page = {
  readonly path: string;
  readonly source: string;
  readonly title: string;
  readonly description: string;
  readonly kind: PageKind;
  readonly trail: readonly string[];
  readonly sections: readonly Section[];
  readonly inlinks: number;
  readonly hash: string;
  readonly text: Span;
  readonly languages: Readonly<Record<string, Span>>;
};

/** An HTTP operation that a page describes. */
export type Operation = {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly title: string;
  readonly page: string;
  readonly names: Readonly<Record<string, string>>;
};

/** A piece of code on a page or from an examples folder. */
export type Example = {
  readonly name: string;
  readonly title: string;
  readonly language: string;
  readonly code: string;
  readonly page: string | null;
  readonly section: string | null;
};

/** One release or announcement. `date` is YYYY-MM-DD, or null where the source has none. */
export type ChangelogEntry = {
  readonly package: string;
  readonly version: string;
  readonly date: string | null;
  readonly changes: readonly string[];
  readonly url: string | null;
};

/** The address of a page for people: `sso/index` is read as `sso`. */
export function addressOf(path: string): string {
  return path === 'index' ? '' : path.replace(/\/index$/, '');
}

/** What client libraries probably call an operation: `users.list_identities` is `listIdentitiesUser` and `listIdentitiesUsers`. */
export function methodNames(id: string): string[] {
  const [noun = '', verb] = id.split('.');
  if (verb === undefined) return [];
  const camel = (text: string) => text.replaceAll(/_+(\w)/g, (_, letter: string) => letter.toUpperCase());
  return [camel(`${verb}_${noun}`), ...(noun.endsWith('s') ? [camel(`${verb}_${noun.slice(0, -1)}`)] : [])];
}
