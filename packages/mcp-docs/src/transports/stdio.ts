import type { Readable, Writable } from 'node:stream';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import { JSONRPCMessageSchema } from '@modelcontextprotocol/sdk/types.js';
import type { JSONRPCMessage } from '@modelcontextprotocol/sdk/types.js';

const MAX_LINE = 4 * 1024 * 1024;
const NEWLINE = 10;
const PARSE_ERROR = -32_700;
const INVALID_REQUEST = -32_600;

/**
 * One JSON-RPC message a line. The official transport drops what it can't read, and stops at ten megabytes; this one
 * answers each such line with an error, and goes on with the next.
 */
export class StdioTransport implements Transport {
  onclose?: () => void;
  onerror?: (error: Error) => void;
  onmessage?: <T extends JSONRPCMessage>(message: T) => void;
  private readonly input: Readable;
  private readonly output: Writable;
  private parts: Buffer[] = [];
  private length = 0;
  private isSkipping = false;
  private isClosed = false;

  constructor(input: Readable, output: Writable) {
    this.input = input;
    this.output = output;
  }

  start(): Promise<void> {
    this.input.on('data', this.readChunk);
    this.input.on('end', this.end);
    this.input.on('error', this.end);
    // The reader has gone: nobody is left to answer.
    this.output.on('error', this.end);
    return Promise.resolve();
  }

  send(message: JSONRPCMessage): Promise<void> {
    return this.write(message);
  }

  close(): Promise<void> {
    this.end();
    return Promise.resolve();
  }

  private readonly end = (): void => {
    if (this.isClosed) return;
    this.isClosed = true;
    this.input.off('data', this.readChunk);
    this.input.pause();
    this.onclose?.();
  };

  private readonly readChunk = (chunk: Buffer): void => {
    let from = 0;
    for (let at = chunk.indexOf(NEWLINE); at !== -1; at = chunk.indexOf(NEWLINE, from)) {
      this.takePart(chunk.subarray(from, at));
      this.finishLine();
      from = at + 1;
    }
    this.takePart(chunk.subarray(from));
  };

  private takePart(part: Buffer): void {
    this.length += part.length;
    if (this.length > MAX_LINE) {
      this.parts = [];
      this.isSkipping = true;
    } else if (part.length > 0) {
      this.parts.push(part);
    }
  }

  private finishLine(): void {
    const line = this.isSkipping ? null : Buffer.concat(this.parts).toString('utf8').trim();
    this.parts = [];
    this.length = 0;
    this.isSkipping = false;
    if (line === null) this.refuse(INVALID_REQUEST, `The line is longer than ${MAX_LINE} bytes.`);
    else if (line !== '') this.readLine(line);
  }

  private readLine(line: string): void {
    let value: unknown;
    try {
      value = JSON.parse(line);
    } catch {
      this.refuse(PARSE_ERROR, 'The line is no JSON.');
      return;
    }
    // Revisions up to 2025-03-26 know batches.
    const messages: unknown[] = Array.isArray(value) && value.length > 0 ? value.slice(0, 100) : [value];
    for (const message of messages) this.deliver(message);
  }

  private deliver(value: unknown): void {
    const parsed = JSONRPCMessageSchema.safeParse(value);
    if (parsed.success) {
      this.onmessage?.(parsed.data);
      return;
    }
    const id = typeof value === 'object' && value !== null && 'id' in value ? value.id : null;
    this.refuse(INVALID_REQUEST, 'This is no JSON-RPC 2.0 message.', isId(id) ? id : null);
  }

  private refuse(code: number, message: string, id: string | number | null = null): void {
    this.onerror?.(new Error(message));
    void this.write({ jsonrpc: '2.0', id, error: { code, message } });
  }

  private write(message: object): Promise<void> {
    if (this.isClosed || !this.output.writable) return Promise.resolve();
    const isRoom = this.output.write(`${JSON.stringify(message)}\n`);
    if (isRoom) return Promise.resolve();
    return new Promise((resolve) => {
      this.output.once('drain', resolve);
      this.output.once('close', resolve);
    });
  }
}

const isId = (id: unknown): id is string | number => typeof id === 'string' || typeof id === 'number';
