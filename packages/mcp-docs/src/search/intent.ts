import { wordsOf } from './tokens.ts';

/** What an operation does to what it is about. */
export type Action = 'list' | 'get' | 'create' | 'update' | 'delete';

/** What a question is after, besides its words. */
export type Intent = {
  readonly method: string | null;
  readonly path: string | null;
  /** It speaks of requests, parameters or code. */
  readonly isAboutApi: boolean;
  /** It has a name as programs write it: `external_id`, `createUser`. */
  readonly hasIdentifier: boolean;
  readonly wantsDefinition: boolean;
  readonly wantsSteps: boolean;
  /** What is to be done, when the question begins like an order or names an operation. */
  readonly actions: ReadonlySet<Action>;
};

const OPERATION = /(?:\b(GET|POST|PUT|PATCH|DELETE)\s+)?(?:https?:\/\/[\w.:-]+)?((?:\/[\w:{}<>.-]+)+)\/?/i;
// `sso/token`, `PUT audit_logs_retention`: a path without its first slash.
const BARE_PATH = /(?:^|\s)([a-z][\w-]*(?:\/[\w:{}<>.-]+)+)\/?(?=\s|$)/i;
const BARE_WORD = /(?:^|\s)(GET|POST|PUT|PATCH|DELETE)\s+([a-z][\w-]*(?:\/[\w:{}<>.-]+)*)\/?(?=\s|$)/;
const API =
  /\b(?:endpoint|apis?|parameters?|params?|request(?: body)?|response|curl|sdk method|http|fields?|object|grant)\b/i;
const IDENTIFIER = /\w\(\)|[a-z][A-Z]|\w::\w|->|\w_\w/;
const DEFINITION = /^(?:what(?:'s| is| are| does)|define|meaning of|explain)\b.{0,40}$/i;
const STEPS =
  /^(?:how (?:do|can|to|should)|can (?:i|we)|where (?:do|can)|step by step|guide)\b|\bset ?up\b|\bwalk ?through\b/i;

const WORDS_OF_ACTIONS: Readonly<Record<Action, string>> = {
  list: 'list lists listing all every everyone each enumerate search filter find which paginated',
  get: 'get gets fetch retrieve read look lookup find details show one single',
  create: 'create creates creating add adding make new register generate issue insert send enroll post',
  update: 'update updating change changing edit modify set replace rename overwrite put patch',
  delete: 'delete deleting remove removing erase destroy drop revoke unassign deletes',
};
const ACTION_OF = new Map<string, Action[]>();
for (const [action, words] of Object.entries(WORDS_OF_ACTIONS)) {
  for (const word of words.split(' ')) {
    ACTION_OF.set(word, [...(ACTION_OF.get(word) ?? []), action as Action]);
  }
}

/** The actions that a word may mean. */
export const actionsOf = (word: string): readonly Action[] => ACTION_OF.get(word) ?? [];

type Target = Pick<Intent, 'method' | 'path'>;

function readTarget(query: string): Target {
  const match = OPERATION.exec(query);
  const path = match?.[2] ?? null;
  if (path !== null && /(^|\s)(?:\w+\s+)?(?:https?:|\/)/.test(query)) {
    return { method: match?.[1]?.toUpperCase() ?? null, path };
  }
  const word = BARE_WORD.exec(query);
  if (word !== null) return { method: word[1] ?? null, path: `/${word[2] ?? ''}` };
  const bare = BARE_PATH.exec(query)?.[1];
  return { method: null, path: bare === undefined ? null : `/${bare}` };
}

/** Reads from a question whether it names an operation, and what sort of page it asks for. */
export function readIntent(query: string): Intent {
  const target = readTarget(query);
  const isPath =
    target.path !== null &&
    (target.method !== null || query.includes(` ${target.path}`) || query.startsWith('/'));
  return {
    ...target,
    isAboutApi: isPath || API.test(query),
    hasIdentifier: IDENTIFIER.test(query),
    wantsDefinition: DEFINITION.test(query.trim()),
    wantsSteps: STEPS.test(query.trim()),
    actions: new Set(wordsOf(query).flatMap(({ raw }) => actionsOf(raw))),
  };
}
