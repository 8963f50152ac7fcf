/**
 * The `sql` tagged template: text with positional parameters, never text built from values.
 * A value becomes a parameter; another `Sql` is spliced in with its own parameters.
 */
export class Sql {
  constructor(
    readonly strings: readonly string[],
    readonly values: readonly unknown[],
  ) {}
}

export interface Statement {
  text: string;
  values: unknown[];
  /** Stable for one text: names the prepared statement on direct connections. */
  name: string;
}

/** Builds a piece of SQL; interpolated values are parameters, interpolated `Sql` is spliced. */
export function sql(strings: TemplateStringsArray, ...values: readonly unknown[]): Sql {
  return new Sql(strings, values);
}

/** A piece of SQL from a literal of ours, for identifiers such as a partition's name. Never pass input. */
export function rawSql(text: string): Sql {
  return new Sql([text], []);
}

const texts = new Map<string, string>();

/** Flattens a template to one statement. The same shape always gives the same text and name. */
export function toStatement(query: Sql): Statement {
  const values: unknown[] = [];
  const text = flatten(query, values);
  let name = texts.get(text);
  if (name === undefined) {
    name = `s${texts.size}`;
    texts.set(text, name);
  }
  return { text, values, name };
}

function flatten(query: Sql, values: unknown[]): string {
  let text = query.strings[0] ?? '';
  for (let index = 0; index < query.values.length; index += 1) {
    const value = query.values[index];
    if (value instanceof Sql) {
      text += flatten(value, values);
    } else {
      values.push(value);
      text += `$${values.length}`;
    }
    text += query.strings[index + 1] ?? '';
  }
  return text;
}
