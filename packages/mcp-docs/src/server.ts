import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import { Protocol } from '@modelcontextprotocol/sdk/shared/protocol.js';
import {
  CallToolRequestSchema,
  CompleteRequestSchema,
  ErrorCode,
  GetPromptRequestSchema,
  ListPromptsRequestSchema,
  ListResourceTemplatesRequestSchema,
  ListResourcesRequestSchema,
  ListToolsRequestSchema,
  McpError,
  ReadResourceRequestSchema,
  SubscribeRequestSchema,
  UnsubscribeRequestSchema,
} from '@modelcontextprotocol/sdk/types.js';
import * as z from 'zod';
import { completeArgument } from './completions.ts';
import type { CorpusSource } from './corpus/source.ts';
import { PROMPTS, renderPrompt } from './prompts.ts';
import { RESOURCE_PAGE, TEMPLATES, listResources, readResource } from './resources.ts';
import { TOOLS } from './tools/index.ts';
import { ToolError, uriOf } from './tools/tool.ts';
import { PACKAGE_VERSION } from './version.ts';

const RESOURCE_NOT_FOUND = -32002;
const MAX_SUBSCRIPTIONS = 1_000;
const ANNOTATIONS = {
  readOnlyHint: true,
  destructiveHint: false,
  idempotentHint: true,
  openWorldHint: false,
};
const INSTRUCTIONS =
  'Documentation, examples and changelogs. Ask `doorwright_search` in plain words, read pages with `doorwright_docs`, look up endpoints and error codes with `doorwright_operation`. The tools whose names begin with `workos_` are the same under the names of another server.';

/** `onFault` hears of what should not happen, `onCall` of each call of a tool. */
export type Listeners = { readonly onFault: (error: unknown) => void; readonly onCall?: () => void };

/** Makes a protocol server over a corpus, to be connected to one transport. */
export function createServer(source: CorpusSource, listeners: Listeners): Server {
  const server = new Server(
    { name: 'doorwright-mcp-docs', title: 'Doorwright documentation', version: PACKAGE_VERSION },
    {
      capabilities: {
        tools: {},
        resources: { subscribe: true, listChanged: true },
        prompts: {},
        completions: {},
      },
      instructions: INSTRUCTIONS,
    },
  );
  serveTools(server, source, listeners);
  serveResources(server, source);
  servePrompts(server, source);
  return server;
}

type RequestSchema = z.ZodObject<{ method: z.ZodLiteral<string> }>;
type Result = Parameters<Server['setRequestHandler']>[1] extends (...input: never[]) => infer R ? R : never;

/**
 * Answers one method. Parameters of another shape are the caller's fault: the SDK by itself would call them ours. The handler
 * goes past the server's own check of calls and their results, which would be the second of both for every search.
 */
function handle<S extends RequestSchema>(
  server: Server,
  schema: S,
  run: (request: z.infer<S>) => Result,
): void {
  Protocol.prototype.setRequestHandler.call(
    server,
    z.looseObject({ method: schema.shape.method }),
    (request) => {
      const parsed = schema.safeParse(request);
      if (parsed.success) return run(parsed.data);
      const issue = parsed.error.issues[0];
      const field = issue?.path.map(String).join('.') ?? '';
      throw new McpError(ErrorCode.InvalidParams, `${field}: ${issue?.message ?? 'has another shape'}`);
    },
  );
}

function serveTools(server: Server, source: CorpusSource, { onFault, onCall }: Listeners): void {
  handle(server, ListToolsRequestSchema, () => ({
    tools: TOOLS.map(({ name, title, description, inputSchema, outputSchema }) => ({
      name,
      title,
      description,
      inputSchema: { ...inputSchema(), type: 'object' as const },
      outputSchema: { ...outputSchema(), type: 'object' as const },
      annotations: { title, ...ANNOTATIONS },
    })),
  }));
  handle(server, CallToolRequestSchema, ({ params }) => {
    onCall?.();
    const tool = TOOLS.find(({ name }) => name === params.name);
    const fail = (message: string) => ({
      content: [{ type: 'text', text: `Error: ${message}` }],
      isError: true,
    });
    if (tool === undefined) return fail(`Unknown tool: ${params.name.slice(0, 200)}`);
    try {
      const { text, data } = tool.run(params.arguments, source.current);
      return { content: [{ type: 'text', text }], structuredContent: { ...data } };
    } catch (error) {
      if (error instanceof ToolError) return fail(error.message);
      onFault(error);
      return fail('The server could not answer this. Its log says why.');
    }
  });
}

function serveResources(server: Server, source: CorpusSource): void {
  handle(server, ListResourcesRequestSchema, ({ params }) => {
    const offset = params?.cursor === undefined ? 0 : Number(params.cursor);
    const all = listResources(source.current);
    const isOwn = Number.isInteger(offset) && offset >= 0 && offset <= all.length;
    if (!isOwn) throw new McpError(ErrorCode.InvalidParams, 'The cursor is none of this server.');
    const resources = all.slice(offset, offset + RESOURCE_PAGE);
    const next = offset + resources.length;
    return { resources, ...(next < all.length ? { nextCursor: String(next) } : {}) };
  });
  handle(server, ListResourceTemplatesRequestSchema, () => ({
    resourceTemplates: TEMPLATES.map((template) => ({ ...template })),
  }));
  handle(server, ReadResourceRequestSchema, ({ params }) => {
    const found = readResource(source.current, params.uri);
    if (found === null)
      throw new McpError(RESOURCE_NOT_FOUND, `There is no resource ${params.uri.slice(0, 300)}`);
    return { contents: [found] };
  });
  serveSubscriptions(server, source);
}

function serveSubscriptions(server: Server, source: CorpusSource): void {
  const subscribed = new Set<string>();
  const stop = source.onChange(({ corpus, changed, isListChanged }) => {
    // A client that has gone away hears nothing: that is no fault.
    const ignore = () => undefined;
    if (isListChanged) server.sendResourceListChanged().catch(ignore);
    for (const { collection, page } of changed) {
      const uri = uriOf(corpus, collection, page.path);
      if (subscribed.has(uri)) server.sendResourceUpdated({ uri }).catch(ignore);
    }
  });
  // oxlint-disable-next-line unicorn/prefer-add-event-listener -- the SDK's server is no EventTarget
  server.onclose = stop;
  handle(server, SubscribeRequestSchema, ({ params }) => {
    if (readResource(source.current, params.uri) === null) {
      throw new McpError(RESOURCE_NOT_FOUND, `There is no resource ${params.uri.slice(0, 300)}`);
    }
    if (subscribed.size >= MAX_SUBSCRIPTIONS) {
      throw new McpError(ErrorCode.InvalidParams, `No more than ${MAX_SUBSCRIPTIONS} subscriptions.`);
    }
    subscribed.add(params.uri);
    return {};
  });
  handle(server, UnsubscribeRequestSchema, ({ params }) => {
    subscribed.delete(params.uri);
    return {};
  });
}

function servePrompts(server: Server, source: CorpusSource): void {
  handle(server, ListPromptsRequestSchema, () => ({
    prompts: PROMPTS.map(({ name, title, description, arguments: list }) => ({
      name,
      title,
      description,
      arguments: list.map((argument) => ({ ...argument })),
    })),
  }));
  handle(server, GetPromptRequestSchema, ({ params }) => {
    const prompt = PROMPTS.find(({ name }) => name === params.name);
    if (prompt === undefined)
      throw new McpError(ErrorCode.InvalidParams, `There is no prompt ${params.name.slice(0, 200)}`);
    const values = Object.entries(params.arguments ?? {}).map(
      ([name, value]) => [name, value.slice(0, 4_000)] as const,
    );
    try {
      return {
        description: prompt.description,
        messages: renderPrompt(source.current, prompt, Object.fromEntries(values)),
      };
    } catch (error) {
      throw new McpError(ErrorCode.InvalidParams, error instanceof Error ? error.message : String(error));
    }
  });
  handle(server, CompleteRequestSchema, ({ params }) => {
    const { name, value } = params.argument;
    const version = params.context?.arguments?.['version'];
    return { completion: completeArgument(source.current, name, value.slice(0, 500), version) };
  });
}
