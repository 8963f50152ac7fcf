/** What commands say: the result on stdout, everything else on stderr. */

/** Prints a line for people, or one JSON line for programs. */
export function printResult(isJson: boolean, result: object, words: string): void {
  process.stdout.write(`${isJson ? JSON.stringify(result) : words}\n`);
}

export function say(words: string): void {
  process.stderr.write(`${words}\n`);
}

/** Ends the program with the error's message; the stack only when asked for. */
export function failWith(error: unknown): never {
  const message = error instanceof Error ? error.message : String(error);
  say(`doorwright: ${message}`);
  if (process.env['DOORWRIGHT_LOG_LEVEL'] === 'debug' && error instanceof Error) say(error.stack ?? '');
  process.exit(1);
}
