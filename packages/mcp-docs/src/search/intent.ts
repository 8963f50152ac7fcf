/** What a question is after, besides its words. */
export type Intent = {
  readonly method: string | null;
  readonly path: string | null;
  readonly wantsReference: boolean;
  readonly wantsDefinition: boolean;
};

const OPERATION = /(?:\b(GET|POST|PUT|PATCH|DELETE)\s+)?(?:https?:\/\/[\w.:-]+)?((?:\/[\w:{}<>.-]+)+)\/?/i;
const REFERENCE =
  /\b(?:endpoint|api (?:call|request|reference|method)|parameters?|request body|response|curl|sdk method|http|field|object)\b/i;
const DEFINITION = /^(?:what(?:'s| is| are| does)|define|meaning of|explain)\b.{0,40}$/i;

/** Reads from a question whether it names an operation, or asks for the reference or for what a word means. */
export function readIntent(query: string): Intent {
  const match = OPERATION.exec(query);
  const method = match?.[1]?.toUpperCase() ?? null;
  const path = match?.[2] ?? null;
  const isPath =
    path !== null &&
    (method !== null || path.startsWith('/')) &&
    /(^|\s)(?:\w+\s+)?(?:https?:|\/)/.test(query);
  return {
    method: isPath ? method : null,
    path: isPath ? path : null,
    wantsReference: isPath || REFERENCE.test(query) || /\w\(\)|[a-z][A-Z]|\w::\w|->/.test(query),
    wantsDefinition: DEFINITION.test(query.trim()),
  };
}
