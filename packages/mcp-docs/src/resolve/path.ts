import { addressOf } from '../corpus/page.ts';
import type { Section } from '../corpus/page.ts';
import { slugOf } from '../corpus/sections.ts';
import { splitPath } from './containment.ts';
import type { Refusal } from './containment.ts';
import { cachedStem } from '../search/tokens.ts';
import { redirectsOf } from './redirects.ts';

type Target = { readonly path: string; readonly title: string; readonly sections: readonly Section[] };

export type Resolution<P> =
  | {
      readonly kind: 'page';
      readonly page: P;
      readonly section: Section | null;
      readonly via: Via;
      readonly missing: string;
    }
  | { readonly kind: 'refused'; readonly reason: Refusal }
  | { readonly kind: 'missing'; readonly path: string };

/** How a page was found. `missing` in a resolution names a section that the page doesn't have. */
export type Via = 'path' | 'heading' | 'redirect' | 'folder' | 'title' | 'suffix' | 'near';

export type Resolver<P> = (input: string) => Resolution<P>;

const INDEX_NAMES = new Set([
  'overview',
  'introduction',
  'intro',
  'getting-started',
  'quick-start',
  'quickstart',
  'landing',
  'home',
  '_navigation',
  'readme',
]);
const ROOTS =
  /^(?:.*\/)?(?:packages\/docs\/content|\.docs\/organized\/docs|organized\/docs)\/|^(?:www\/)?docs(?:\/|$)|^content\//;

type Lookup<P> = {
  readonly byAddress: ReadonlyMap<string, P>;
  readonly byTitle: ReadonlyMap<string, P | null>;
  readonly bySuffix: ReadonlyMap<string, P | null>;
  readonly byEnd: ReadonlyMap<string, readonly { page: P; parts: readonly string[] }[]>;
  readonly redirects: Readonly<Record<string, string>>;
};

type Found<P> = { readonly page: P; readonly section: Section | null; readonly missing: string };

/** Makes the function that finds the page for whatever form of its path a caller has. */
export function createResolver<P extends Target>(
  pages: readonly P[],
  redirects: Readonly<Record<string, string>>,
): Resolver<P> {
  const lookup: Lookup<P> = {
    byAddress: new Map(pages.map((page) => [keyOf(addressOf(page.path)), page])),
    byTitle: uniqueBy(pages, ({ title }) => [slugOf(title)]),
    bySuffix: uniqueBy(pages, ({ path }) => suffixesOf(keyOf(addressOf(path)))),
    byEnd: groupByEnd(pages),
    redirects,
  };
  return (input) => {
    const split = splitPath(input);
    if (!split.ok) return { kind: 'refused', reason: split.reason };
    const path = keyOf(split.segments.join('/'));
    return resolve(path, split.fragment, lookup) ?? { kind: 'missing', path };
  };
}

/** Case, separators and extension don't tell pages apart. */
function keyOf(path: string): string {
  return path
    .toLowerCase()
    .replaceAll(/[\s_]+/g, '-')
    .replace(/(^|\/)-navigation$/, '$1_navigation')
    .replace(/\.(?:mdx?|html?)$/, '')
    .replace(/(^|\/)index$/, '$1')
    .replaceAll(/^\/+|\/+$/g, '');
}

function uniqueBy<P>(pages: readonly P[], keysOf: (page: P) => string[]): Map<string, P | null> {
  const map = new Map<string, P | null>();
  for (const page of pages) {
    for (const key of keysOf(page)) map.set(key, map.has(key) ? null : page);
  }
  return map;
}

function suffixesOf(address: string): string[] {
  const parts = address.split('/');
  return parts.slice(1).map((_, index) => parts.slice(index + 1).join('/'));
}

function resolve<P extends Target>(path: string, fragment: string, lookup: Lookup<P>): Resolution<P> | null {
  const bare = path.replace(ROOTS, '');
  const candidates = bare === path ? [path] : [path, bare];
  const attempts: (() => [Via, Found<P>] | null)[] = [
    ...candidates.map((candidate) => () => direct(candidate, fragment, lookup)),
    ...candidates.map((candidate) => () => redirected(candidate, fragment, lookup)),
    ...candidates.map((candidate) => () => generic(candidate, fragment, lookup)),
    ...candidates.map((candidate) => () => byName(candidate, fragment, lookup)),
    () => nearest(bare, fragment, lookup),
  ];
  for (const attempt of attempts) {
    const result = attempt();
    if (result !== null) return { kind: 'page', via: result[0], ...result[1] };
  }
  return null;
}

function direct<P extends Target>(path: string, fragment: string, lookup: Lookup<P>): [Via, Found<P>] | null {
  const page = lookup.byAddress.get(path);
  if (page !== undefined) return ['path', withFragment(page, fragment)];
  const parts = path.split('/');
  for (let length = parts.length - 1; length > 0; length -= 1) {
    const parent = lookup.byAddress.get(parts.slice(0, length).join('/'));
    if (parent === undefined) continue;
    // A heading below a heading: the innermost that exists.
    const names = parts.slice(length).reverse();
    const section = names.map((name) => findSection(parent, name)).find((found) => found !== null) ?? null;
    return section === null ? null : ['heading', { page: parent, section, missing: '' }];
  }
  return null;
}

function withFragment<P extends Target>(page: P, fragment: string): Found<P> {
  const section = fragment === '' ? null : findSection(page, fragment);
  return { page, section, missing: section === null ? fragment : '' };
}

/** The section of a page with this fragment or heading. */
export function findSection(page: Target, name: string): Section | null {
  const slug = slugOf(name);
  const exact = page.sections.find((section) => section.slug === name.toLowerCase() || section.slug === slug);
  if (exact !== undefined) return exact;
  if (slug === '') return null;
  // `(1) Add SSO` is linked as `add-sso` and as `1-add-sso`; `Sign-in` as `sign-in` and as `signin`.
  const forms = new Set([slug, slug.replace(/^\w{1,2}-/, '')].map((form) => form.replaceAll('-', '')));
  return (
    page.sections.find(({ heading }) => slugOf(heading) === slug) ??
    page.sections.find(({ slug: own }) => forms.has(own.replaceAll('-', ''))) ??
    null
  );
}

function redirected<P extends Target>(
  path: string,
  fragment: string,
  lookup: Lookup<P>,
): [Via, Found<P>] | null {
  for (const target of redirectsOf(path, lookup.redirects)) {
    const found = direct(target, fragment, lookup) ?? generic(target, fragment, lookup);
    if (found !== null) return ['redirect', found[1]];
  }
  return null;
}

/** `sso/overview` where the overview is the index page of `sso`. */
function generic<P extends Target>(
  path: string,
  fragment: string,
  lookup: Lookup<P>,
): [Via, Found<P>] | null {
  const parts = path.split('/');
  if (!INDEX_NAMES.has(parts.at(-1) ?? '')) return null;
  const parent = parts.slice(0, -1).join('/');
  const page = lookup.byAddress.get(parent);
  return page === undefined ? null : ['folder', withFragment(page, fragment)];
}

/** The title of a page, or the end of its path, when only one page has it. */
function byName<P extends Target>(path: string, fragment: string, lookup: Lookup<P>): [Via, Found<P>] | null {
  const byTitle = lookup.byTitle.get(slugOf(path));
  if (byTitle) return ['title', withFragment(byTitle, fragment)];
  const bySuffix = lookup.bySuffix.get(path);
  return bySuffix ? ['suffix', withFragment(bySuffix, fragment)] : null;
}

/** The segments of a path without what inflection adds: `policies` is `policy`. */
const stemsOf = (path: string): string[] =>
  path.split('/').map((part) => part.split('-').map(cachedStem).join('-'));

function groupByEnd<P extends Target>(pages: readonly P[]): Map<string, { page: P; parts: string[] }[]> {
  const groups = new Map<string, { page: P; parts: string[] }[]>();
  for (const page of pages) {
    const parts = stemsOf(keyOf(addressOf(page.path)));
    const end = parts.at(-1) ?? '';
    const group = groups.get(end);
    if (group === undefined) groups.set(end, [{ page, parts }]);
    else group.push({ page, parts });
  }
  return groups;
}

/** The one page with the same end and most of the same beginning: the folders between were arranged anew. */
function nearest<P extends Target>(
  path: string,
  fragment: string,
  lookup: Lookup<P>,
): [Via, Found<P>] | null {
  const asked = stemsOf(path);
  if (asked.length < 2) return null;
  let best: { page: P; shared: number } | null = null;
  let isUnique = true;
  for (const { page, parts } of lookup.byEnd.get(asked.at(-1) ?? '') ?? []) {
    const different = parts.findIndex((part, at) => part !== asked[at]);
    const shared = different === -1 ? parts.length : different;
    if (shared === 0 || shared < (best?.shared ?? 1)) continue;
    isUnique = best === null || shared > best.shared;
    best = { page, shared };
  }
  return best === null || !isUnique ? null : ['near', withFragment(best.page, fragment)];
}
