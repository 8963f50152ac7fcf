import { existsSync, readFileSync } from 'node:fs';
import { format, resolveConfig } from 'prettier';

/** A Markdown file with the text between `<!-- name:start -->` and `<!-- name:end -->` renewed; null without the markers. */
export async function renewBlock(file: string, name: string, text: string): Promise<string | null> {
  if (!existsSync(file)) return null;
  const block = new RegExp(`(<!-- ${name}:start -->\\n)[\\s\\S]*?(<!-- ${name}:end -->)`);
  const current = readFileSync(file, 'utf8');
  if (!block.test(current)) return null;
  const renewed = current.replace(block, (_, start: string, end: string) => `${start}\n${text}\n\n${end}`);
  return format(renewed, { ...(await resolveConfig(file)), parser: 'markdown' });
}

/** A Markdown table; a pipe in a cell is escaped. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
