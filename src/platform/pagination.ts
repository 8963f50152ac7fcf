import { idTime } from '../lib/id.ts';
import type { List, PaginationOrder } from './contract.ts';
import { type Sql, sql } from './database/sql.ts';
import { invalidField } from './errors.ts';

export interface PageQuery {
  limit: number;
  before?: string | undefined;
  after?: string | undefined;
  order: PaginationOrder;
}

/** How one page is read: from a cursor, in one direction, one row more than asked. */
export interface PageScan {
  cursor: string | null;
  direction: 'asc' | 'desc';
  limit: number;
  /** True when the scan runs against the order in which the page is shown. */
  isReversed: boolean;
}

/**
 * Turns the documented parameters into a scan. `desc` and `asc` show newest or oldest first, `after` continues the
 * list and `before` goes back; `normal` shows newest first, with `after` for newer and `before` for older objects.
 * @throws ApiError 422 when both cursors are given
 */
export function planPage(query: PageQuery): PageScan {
  const { before, after, order, limit } = query;
  if (before !== undefined && after !== undefined) {
    throw invalidField('before', 'mutually_exclusive', 'Give either before or after, not both.');
  }
  const cursor = before ?? after ?? null;
  const shown = order === 'asc' ? 'asc' : 'desc';
  const isForward = order === 'normal' ? after === undefined : before === undefined;
  const direction = isForward ? shown : opposite(shown);
  return { cursor, direction, limit: limit + 1, isReversed: !isForward };
}

const opposite = (direction: 'asc' | 'desc') => (direction === 'asc' ? 'desc' : 'asc');

/** The end of a list statement: `id` beyond the cursor, in order, limited. Ids are `collate "C"`. */
export function keyset(scan: PageScan): Sql {
  return scan.direction === 'asc'
    ? sql`id > ${scan.cursor ?? ''} order by id limit ${scan.limit}`
    : sql`id < ${scan.cursor ?? '~'} order by id desc limit ${scan.limit}`;
}

/** Puts the rows of a scan into the list envelope; `after` is null on the last page, `before` on the first. */
export function toList<Row extends { id: string }>(rows: readonly Row[], query: PageQuery): List<Row> {
  const scan = planPage(query);
  const hasMore = rows.length > query.limit;
  const kept = rows.slice(0, query.limit);
  const data = scan.isReversed ? kept.reverse() : kept;
  const beyondEnd = scan.isReversed ? scan.cursor !== null : hasMore;
  const beyondStart = scan.isReversed ? hasMore : scan.cursor !== null;
  const next = beyondEnd ? (data.at(-1)?.id ?? null) : null;
  const previous = beyondStart ? (data[0]?.id ?? null) : null;
  const list_metadata =
    query.order === 'normal' ? { before: next, after: previous } : { before: previous, after: next };
  return { object: 'list', data, list_metadata };
}

/**
 * Reads one page: the scan and, beside it, the check that the cursor names an object of this list.
 * @throws ApiError 422 for an unknown cursor
 */
export async function readPage<Row extends { id: string }>(
  query: PageQuery,
  read: (page: Sql) => Promise<Row[]>,
  exists: (id: string) => Promise<boolean>,
): Promise<List<Row>> {
  const scan = planPage(query);
  const { cursor } = scan;
  const isKnown = cursor === null || (idTime(cursor) !== null && exists(cursor));
  const [rows, known] = await Promise.all([read(keyset(scan)), isKnown]);
  if (!known) throw unknownCursor(query);
  return toList(rows, query);
}

/** 422 that names the cursor at fault. */
export function unknownCursor(query: PageQuery): Error {
  const field = query.before === undefined ? 'after' : 'before';
  return invalidField(field, 'unknown_cursor', 'No object of this list has this id.');
}
