import { XMLParser } from 'fast-xml-parser';
import type { ChangelogEntry } from '../corpus/page.ts';
import { isRecord } from './front-matter.ts';

const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
};

/** Reads an RSS 2.0 or Atom feed. Throws when it is neither. Feeds with a DOCTYPE are refused: none needs one. */
export function readFeed(xml: string, packageName: string): ChangelogEntry[] {
  if (/<!DOCTYPE/i.test(xml)) throw new Error('The feed has a DOCTYPE, which no feed needs.');
  const parser = new XMLParser({ ignoreAttributes: false, processEntities: true, parseTagValue: false });
  const document: unknown = parser.parse(xml);
  const channel = at(at(document, 'rss'), 'channel');
  const feed = at(document, 'feed');
  if (channel === undefined && feed === undefined)
    throw new Error('This is neither an RSS nor an Atom feed.');
  const items = channel === undefined ? listOf(at(feed, 'entry')) : listOf(at(channel, 'item'));
  return items.map((item) => readItem(item, packageName)).filter(({ version }) => version !== '');
}

function readItem(item: unknown, packageName: string): ChangelogEntry {
  const title = plain(at(item, 'title'));
  const body = ['content:encoded', 'description', 'content', 'summary'].map((key) => plain(at(item, key)));
  const text = body.find((value) => value !== '') ?? title;
  const published = ['pubDate', 'published', 'updated']
    .map((key) => plain(at(item, key)))
    .find((v) => v !== '');
  return {
    package: packageName,
    version: title,
    date: toDate(published ?? ''),
    changes: [text],
    url: linkOf(at(item, 'link')),
  };
}

function at(value: unknown, key: string): unknown {
  return isRecord(value) ? value[key] : undefined;
}

function listOf(value: unknown): unknown[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}

/** Text without markup, in one line. */
function plain(value: unknown): string {
  const text = isRecord(value) ? value['#text'] : value;
  if (typeof text !== 'string') return '';
  return text
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/&(#?\w+);/g, (whole, name: string) => ENTITIES[name] ?? decodeNumber(name) ?? whole)
    .replaceAll(/\s+/g, ' ')
    .trim();
}

function decodeNumber(name: string): string | undefined {
  const match = /^#(?:x([0-9a-f]{1,6})|(\d{1,7}))$/i.exec(name);
  if (match === null) return undefined;
  const code = match[1] === undefined ? Number(match[2]) : Number.parseInt(match[1], 16);
  return code > 0 && code <= 0x10_ff_ff ? String.fromCodePoint(code) : undefined;
}

function toDate(text: string): string | null {
  const time = Date.parse(text);
  return Number.isNaN(time) ? null : new Date(time).toISOString().slice(0, 10);
}

function linkOf(value: unknown): string | null {
  const links = listOf(value).map((link) => (isRecord(link) ? at(link, '@_href') : link));
  const link = links.find((candidate) => typeof candidate === 'string' && /^https?:\/\//.test(candidate));
  return typeof link === 'string' ? link : null;
}
