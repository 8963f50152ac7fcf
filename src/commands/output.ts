import { ApiError } from '../platform/errors.ts';

/** What commands say: the result on stdout, everything else on stderr. */

/** Prints a line for people, or one JSON line for programs. */
export function printResult(isJson: boolean, result: object, words: string): void {
  process.stdout.write(`${isJson ? JSON.stringify(result) : words}\n`);
}

export function say(words: string): void {
  process.stderr.write(`${words}\n`);
}

/** For a server: where its words go may be a full disk, or a pipe that nobody reads any more. It serves all the same. */
export function outliveOutput(): void {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
}

/** Ends the program with the error's message; the stack only when asked for. */
export function failWith(error: unknown): never {
  const message = error instanceof Error ? error.message : String(error);
  // What a caller of the API is not told is for the person here: "unavailable" does not say that the disk is full.
  const detail = error instanceof ApiError && error.detail ? ` (${error.detail})` : '';
  say(`doorwright: ${message}${detail}`);
  if (process.env['DOORWRIGHT_LOG_LEVEL'] === 'debug' && error instanceof Error) say(error.stack ?? '');
  process.exit(1);
}
