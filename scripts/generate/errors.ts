import { documentedErrors } from '../../src/platform/documented-errors.ts';
import { renewBlock, table } from './block.ts';
import { everyOperation } from './openapi.ts';

/** What counts as "most operations": naming them one by one would tell nobody anything. */
const many = 8;

/** Said in as many ways as there are operations; here it is said once. */
const general: Readonly<Record<string, string>> = {
  entity_not_found: 'No object of this environment has the id.',
  validation_failed: 'A field or parameter is missing or not valid; `errors` names each.',
};

/** Answered to anything, so no operation declares them. */
const everywhere: readonly (readonly [string, string, string, string])[] = [
  ['404', '`not_found`', 'Nothing answers this method and path.', 'every path'],
  [
    '500',
    '`internal_error`',
    'Something went wrong on our side; the log has it under the request id.',
    'every operation',
  ],
  ['503', '`service_unavailable`', 'The database cannot be reached at the moment.', 'every operation'],
];

interface CodeEntry {
  status: number;
  code: string;
  sentences: Set<string>;
  operations: Set<string>;
}

/** The table of `docs/errors.md`: every code that an operation declares or the frame answers. */
export function makeErrors(): Promise<string | null> {
  const entries = new Map<string, CodeEntry>();
  for (const operation of everyOperation()) {
    for (const { status, code, when } of documentedErrors(operation)) {
      const entry: CodeEntry = entries.get(`${status} ${code}`) ?? {
        status,
        code,
        sentences: new Set(),
        operations: new Set(),
      };
      entry.sentences.add(when);
      entry.operations.add(operation.id);
      entries.set(`${status} ${code}`, entry);
    }
  }
  const declared = [...entries.values()].map(({ status, code, sentences, operations }) => [
    String(status),
    `\`${code}\``,
    general[code] ?? [...sentences].join(' '),
    operations.size > many
      ? `${operations.size} operations`
      : [...operations].map((id) => `\`${id}\``).join(', '),
  ]);
  const rows = [...declared, ...everywhere].sort(
    ([a, aCode], [b, bCode]) => Number(a) - Number(b) || String(aCode).localeCompare(String(bCode)),
  );
  return renewBlock('docs/errors.md', 'codes', table(['status', 'code', 'when', 'answered by'], rows));
}
