import { documentedErrors } from '../../src/platform/documented-errors.ts';
import { renewBlock, table } from './block.ts';
import { everyOperation } from './openapi.ts';

/** What counts as "most operations": naming them one by one would tell nobody anything. */
const many = 8;

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
  const rows = [...entries.values()]
    .sort((a, b) => a.status - b.status || a.code.localeCompare(b.code))
    .map(({ status, code, sentences, operations }) => [
      String(status),
      `\`${code}\``,
      [...sentences].join(' '),
      operations.size > many
        ? `${operations.size} operations`
        : [...operations].map((id) => `\`${id}\``).join(', '),
    ]);
  return renewBlock('docs/errors.md', 'codes', table(['status', 'code', 'when', 'answered by'], rows));
}
