import { existsSync, readFileSync } from 'node:fs';
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
  return renewBlock('docs/errors.md', 'codes', table(['status', 'code', 'when', 'answered by'], listCodes()));
}

/** The codes that `docs/troubleshooting.md` has no section of its own for. */
export function makeTroubleshooting(): Promise<string | null> {
  const file = 'docs/troubleshooting.md';
  const page = existsSync(file) ? readFileSync(file, 'utf8') : '';
  const rows = listCodes()
    .filter(([, code = '']) => !page.includes(`\n## ${code.replaceAll('`', '')}\n`))
    .map(([status = '', code = '', when = '']) => [status, code, when]);
  const text = rows.length === 0 ? 'None at the moment.' : table(['status', 'code', 'when'], rows);
  return renewBlock(file, 'other-codes', text);
}

/** Status, code, sentence and operations of everything that is answered. */
function listCodes(): string[][] {
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
  return [...declared, ...everywhere.map((row) => [...row])].sort(
    ([a, aCode], [b, bCode]) => Number(a) - Number(b) || String(aCode).localeCompare(String(bCode)),
  );
}
