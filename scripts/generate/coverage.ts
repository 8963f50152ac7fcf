import { existsSync, readFileSync } from 'node:fs';
import { format, resolveConfig } from 'prettier';
import { compareDocument } from '../../test/contract/compare.ts';
import type { Compared, OpenApiDocument } from '../../test/contract/compare.ts';
import { readFacts } from '../../test/contract/facts.ts';
import type { Facts } from '../../test/contract/facts.ts';
import { provenBySdk } from '../../test/sdk/coverage.ts';

const FILE = 'README.md';
const BLOCK = /(<!-- coverage:start -->\n)[\s\S]*?(<!-- coverage:end -->)/;

/** README.md with its coverage table renewed; null while it has no place for one. */
export async function makeCoverage(): Promise<string | null> {
  if (!existsSync(FILE) || !existsSync('test/contract/facts.json')) return null;
  const readme = readFileSync(FILE, 'utf8');
  if (!BLOCK.test(readme)) return null;
  const document = readJson<OpenApiDocument>('openapi.json', { paths: {} });
  const table = coverageTable(readFacts(), document, provenBySdk());
  const text = readme.replace(BLOCK, (_, start: string, end: string) => `${start}\n${table}\n\n${end}`);
  return format(text, { ...(await resolveConfig(FILE)), parser: 'markdown' });
}

const readJson = <T>(path: string, absent: T): T =>
  existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as T) : absent;

/**
 * A Markdown table with a row for each tag of the contract: its operations, those we answer, those whose schemas
 * agree, and those that a test calls through an official SDK (`covered` holds their operation ids).
 */
export function coverageTable(facts: Facts, document: OpenApiDocument, covered: ReadonlySet<string>): string {
  const operations = compareDocument(facts, document).operations;
  const tagOf = ({ operation }: Compared) => operation.tags[0] ?? 'other';
  const tags = [...new Set(operations.map(tagOf))].sort((a, b) => a.localeCompare(b));
  const rows = tags.map((tag) => {
    const group = operations.filter((compared) => tagOf(compared) === tag);
    return row(tag, group, covered);
  });
  return [
    '| area | operations in the contract | answered | schemas agree | tested with the SDK |',
    '| --- | ---: | ---: | ---: | ---: |',
    ...rows,
    row('**total**', operations, covered),
  ].join('\n');
}

function row(name: string, group: readonly Compared[], covered: ReadonlySet<string>): string {
  const counts = [
    group.length,
    group.filter(({ isAnswered }) => isAnswered).length,
    group.filter(({ isClean }) => isClean).length,
    group.filter(({ operation }) => covered.has(operation.operation_id)).length,
  ];
  return `| ${name} | ${counts.join(' | ')} |`;
}
