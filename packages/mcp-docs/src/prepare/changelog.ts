import type { ChangelogEntry } from '../corpus/page.ts';
import { isRecord, textOf } from './front-matter.ts';
import { eachProseLine } from '../corpus/sections.ts';

const RELEASE = /^##\s+\[?v?([^\]\s(]+)\]?(?:\([^)]*\))?(?:\s*[-–(:]?\s*(\d{4}-\d{2}-\d{2})\)?)?/i;
const MAX_ENTRIES = 5_000;

/** Reads a CHANGELOG.md: `## [1.2.0] - 2026-01-31` (brackets and date optional), then bullets or paragraphs. */
export function readMarkdownChangelog(text: string, packageName: string): ChangelogEntry[] {
  const entries: { version: string; date: string | null; changes: string[] }[] = [];
  let group = '';
  eachProseLine(text, (line) => {
    const release = RELEASE.exec(line);
    if (release !== null) {
      group = '';
      entries.push({ version: release[1] ?? '', date: release[2] ?? null, changes: [] });
    } else if (/^###\s/.test(line)) {
      group = line.replace(/^###\s+/, '').trim();
    } else {
      addChange(entries.at(-1)?.changes, line, group);
    }
  });
  return entries
    .filter(({ changes }) => changes.length > 0)
    .slice(0, MAX_ENTRIES)
    .map((entry) => ({ package: packageName, ...entry, url: null }));
}

function addChange(changes: string[] | undefined, line: string, group: string): void {
  if (changes === undefined || line.trim() === '' || line.startsWith('#')) return;
  const bullet = /^\s{0,3}[-*+]\s+(.*)$/.exec(line)?.[1];
  const isContinued = bullet === undefined && /^\s+\S/.test(line) && changes.length > 0;
  if (isContinued) {
    changes[changes.length - 1] = `${changes.at(-1) ?? ''} ${line.trim()}`;
    return;
  }
  const text = bullet ?? line.trim();
  changes.push(group === '' ? text : `${group}: ${text}`);
}

/** Reads a list of entries as the reference server keeps them. Entries of another shape are left out. */
export function readJsonChangelog(text: string): ChangelogEntry[] {
  const list: unknown = JSON.parse(text);
  if (!Array.isArray(list)) return [];
  return list
    .filter(isRecord)
    .slice(0, MAX_ENTRIES)
    .map((entry) => ({
      package: textOf(entry['package']),
      version: textOf(entry['version']),
      date: textOf(entry['date']) || null,
      changes: Array.isArray(entry['changes']) ? entry['changes'].map(textOf) : [],
      url: textOf(entry['url']) || null,
    }))
    .filter(({ package: name }) => name !== '');
}
