/** Writes one line to stderr: stdout belongs to the program that a script starts. */
export function say(line) {
  process.stderr.write(`${line}\n`);
}

/** Says what went wrong and what to do about it, then ends the process. */
export function fail(line) {
  say(line);
  process.exit(1);
}
