import { write, writeSync } from 'node:fs';
import type { DestinationStream } from 'pino';

/** About as many characters are kept while they cannot be written: what is lost then is lines, not the memory. */
const mostKept = 1_000_000;
const retryMs = 200;

/**
 * Writes log lines to a file descriptor and never waits for it. A disk that is full, or a pipe that nobody reads, costs
 * lines and not the program: some are kept and written later, the others are counted.
 * @param fd 1 or 2
 */
export function openLogStream(fd: number): DestinationStream {
  let waiting = '';
  let batch = Buffer.alloc(0);
  let lost = 0;
  let isBusy = false;
  let isFailing = false;

  const fillBatch = (): void => {
    if (lost > 0) waiting += lossLine(lost);
    lost = 0;
    batch = Buffer.from(waiting);
    waiting = '';
  };
  const proceed = (): void => {
    isBusy = false;
    if (batch.length === 0) fillBatch();
    if (batch.length === 0) return;
    isBusy = true;
    write(fd, batch, (error, written) => {
      isFailing = error !== null;
      if (isFailing) {
        setTimeout(proceed, retryMs).unref();
        return;
      }
      batch = batch.subarray(written);
      proceed();
    });
  };
  const writeLast = (): void => {
    // What is under way is finished by the system.
    if (isFailing || !isBusy) tryToWrite(fd, batch);
    tryToWrite(fd, Buffer.from(waiting));
  };
  let isOpen = false;
  return {
    write(line) {
      if (!isOpen) process.once('exit', writeLast);
      isOpen = true;
      if (waiting.length + line.length > mostKept) lost += 1;
      else waiting += line;
      if (!isBusy) proceed();
    },
  };
}

function lossLine(lost: number): string {
  const time = new Date().toISOString();
  return `${JSON.stringify({ level: 'warn', time, lost, msg: 'log lines were lost: they could not be written' })}\n`;
}

/** Once, for the program is about to end. */
function tryToWrite(fd: number, bytes: Buffer): void {
  try {
    if (bytes.length > 0) writeSync(fd, bytes);
  } catch {
    // Nobody is left to be told.
  }
}
