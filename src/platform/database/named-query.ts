import { Query, type PoolClient, type QueryResult } from 'pg';
import type { Statement } from './sql.ts';

// What a query of `pg` is made of; its types name none of it.
declare module 'pg' {
  interface Connection {
    describe(portal: object): void;
  }
  interface Query {
    name: string;
    values: unknown[];
    callback: (error: Error | null, result: QueryResult) => void;
    _result: Columns;
    _accumulateRows: boolean;
    prepare(connection: Connection): void;
    handleRowDescription(message: object): void;
    handleCommandComplete(message: object, connection: Connection): void;
  }
}

type Connection = Parameters<Query['prepare']>[0];

/** The part of a result that the columns of its statement decide. */
interface Columns {
  fields: readonly unknown[];
  _parsers?: readonly unknown[] | undefined;
  _prebuiltEmptyResultObject?: object | null | undefined;
}

interface Known {
  /** The connection, but asking for no description. */
  quiet: Connection;
  /** By the name of the statement. */
  columns: Map<string, Columns>;
}

/** A statement as it is sent: by its name where each connection prepares it once. */
export type SentStatement = Omit<Statement, 'name'> & Partial<Pick<Statement, 'name'>>;

const known = new WeakMap<Connection, Known>();

function knownOf(connection: Connection): Known {
  let found = known.get(connection);
  if (!found) {
    const quiet = Object.create(connection, { describe: { value: () => undefined } }) as Connection;
    found = { quiet, columns: new Map() };
    known.set(connection, found);
  }
  return found;
}

/**
 * A query that has its columns described once for each connection, not each time: PostgreSQL runs no prepared statement
 * whose columns have changed.
 */
class NamedQuery extends Query {
  #learned: Map<string, Columns> | null = null;

  constructor(statement: Statement, callback: Query['callback']) {
    super(statement.text);
    this.name = statement.name;
    this.values = statement.values;
    this.callback = callback;
  }

  override prepare(connection: Connection): void {
    const { quiet, columns } = knownOf(connection);
    const own = columns.get(this.name);
    if (own) {
      Object.assign(this._result, own);
      this._accumulateRows = true;
      super.prepare(quiet);
    } else {
      this.#learned = columns;
      super.prepare(connection);
    }
  }

  override handleRowDescription(message: object): void {
    super.handleRowDescription(message);
    const { fields, _parsers, _prebuiltEmptyResultObject } = this._result;
    this.#learned?.set(this.name, { fields, _parsers, _prebuiltEmptyResultObject });
  }

  override handleCommandComplete(message: object, connection: Connection): void {
    super.handleCommandComplete(message, connection);
    // Nothing was described: the statement returns no rows.
    if (this.#learned?.has(this.name) === false) this.#learned.set(this.name, { fields: [] });
  }
}

/**
 * Runs a statement on a connection, by its name when it has one; rows as `pg` makes them.
 * @throws what PostgreSQL or the connection says
 */
export function runStatement(client: PoolClient, statement: SentStatement): Promise<QueryResult> {
  const { name, text, values } = statement;
  if (name === undefined) return client.query(text, values);
  return new Promise((resolve, reject) => {
    client.query(
      new NamedQuery({ name, text, values }, (error, result) => {
        if (error) reject(error);
        else resolve(result);
      }),
    );
  });
}
