import { type Socket, connect } from 'node:net';

/** What came back on one connection, as it was written. */
export interface RawAnswer {
  text: string;
  /** The status lines, in their order. */
  statuses: number[];
}

/** Opens a connection and writes `bytes` as they are. */
export function openRaw(url: string, bytes: string): Socket {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => undefined);
  socket.write(Buffer.from(bytes, 'latin1'));
  return socket;
}

/** Writes `bytes` and reads until the server closes the connection, or `quietMs` after its last answer. */
export function sendRaw(url: string, bytes: string, quietMs = 300): Promise<RawAnswer> {
  return answerOf(openRaw(url, bytes), quietMs);
}

/** Reads until the other side closes the connection, or `quietMs` after its last answer. */
export function answerOf(socket: Socket, quietMs = 300): Promise<RawAnswer> {
  let text = '';
  return new Promise((resolve) => {
    const end = () => {
      socket.destroy();
      const statuses = [...text.matchAll(/HTTP\/1\.1 (\d{3})/g)].map((match) => Number(match[1]));
      resolve({ text, statuses });
    };
    let quiet: NodeJS.Timeout | undefined;
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      clearTimeout(quiet);
      quiet = setTimeout(end, quietMs);
    });
    socket.once('close', () => {
      clearTimeout(quiet);
      end();
    });
    if (socket.destroyed) end();
  });
}
