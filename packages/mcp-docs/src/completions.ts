import { addressOf } from './corpus/page.ts';
import type { Corpus } from './corpus/store.ts';

const MAX_VALUES = 100;
const FRAMEWORKS = [
  'Express',
  'Next.js',
  'React',
  'Remix',
  'React Router',
  'TanStack Start',
  'Node.js',
  'Python',
  'Django',
  'Flask',
  'Ruby on Rails',
  'Go',
  'PHP',
  'Laravel',
  'Java',
  'Kotlin',
  '.NET',
  'Elixir',
];
const SERVICES = [
  'Auth0',
  'AWS Cognito',
  'Better Auth',
  'Clerk',
  'Descope',
  'Firebase',
  'Stytch',
  'Supabase',
  'WorkOS',
];

export type Completion = { values: string[]; total: number; hasMore: boolean };

/** What an argument of a prompt or a resource template may go on with. `version` narrows the paths. */
export function completeArgument(
  corpus: Corpus,
  name: string,
  value: string,
  version: string | undefined,
): Completion {
  const all = candidatesFor(corpus, name, version);
  const wanted = value.toLowerCase();
  const starting = all.filter((candidate) => candidate.toLowerCase().startsWith(wanted));
  const inside = all.filter(
    (candidate) => !starting.includes(candidate) && candidate.toLowerCase().includes(wanted),
  );
  const found = [...starting, ...inside];
  return { values: found.slice(0, MAX_VALUES), total: found.length, hasMore: found.length > MAX_VALUES };
}

function candidatesFor(corpus: Corpus, name: string, version: string | undefined): string[] {
  const collections = corpus.select(version);
  switch (name) {
    case 'version':
      return ['latest', ...corpus.collections.map((collection) => collection.version)];
    case 'path':
      return collections.flatMap(({ pages }) => pages.map(({ path }) => addressOf(path)));
    case 'package':
      return [
        ...new Set(
          corpus.collections.flatMap((one) => one.extras().changelogs.map((entry) => entry.package)),
        ),
      ];
    case 'language':
      return [
        ...new Set(
          collections.flatMap(({ pages }) => pages.flatMap(({ languages }) => Object.keys(languages))),
        ),
      ];
    case 'framework':
      return FRAMEWORKS;
    case 'service':
      return SERVICES;
    case 'provider':
      return collections.flatMap(({ pages }) =>
        pages.filter(({ kind }) => kind === 'integration').map(({ title }) => title),
      );
    case 'error':
      return collections.flatMap(({ pages }) =>
        pages.filter(({ path }) => /errors?(\/|$)|error-codes/.test(path)).map(({ title }) => title),
      );
    default:
      return [];
  }
}
