import { existsSync, readFileSync } from 'node:fs';
import { compareDocument } from '../../test/contract/compare.ts';
import type { Compared, OpenApiDocument } from '../../test/contract/compare.ts';
import { readFacts } from '../../test/contract/facts.ts';
import type { Facts } from '../../test/contract/facts.ts';
import { provenBySdk } from '../../test/sdk/coverage.ts';
import { renewBlock } from './block.ts';

/** README.md with its coverage table renewed; null while it has no place for one. */
export function makeCoverage(): Promise<string | null> {
  const document = readJson<OpenApiDocument>('openapi.json', { paths: {} });
  return renewBlock('README.md', 'coverage', coverageTable(readFacts(), document, provenBySdk()));
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
