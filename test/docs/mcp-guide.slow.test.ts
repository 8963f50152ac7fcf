// docs/guides/mcp.md against the built docs server: its commands are run, its settings files read as agents read them.
// The package is not on the registry yet, so `npx` is a script of ours that starts the local build.
import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RunningProgram, buildProgram, startProgram } from '../program.ts';
import { type Block, blocksOf } from './blocks.ts';

const execute = promisify(execFile);
const page = readFileSync('docs/guides/mcp.md', 'utf8');
const blocks = blocksOf(page);
const server = resolve('packages/mcp-docs/dist/doorwright-mcp-docs.js');
const children: ChildProcess[] = [];

let folder: string;
let program: RunningProgram;
let environment: Record<string, string>;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'doorwright-mcp-guide-'));
  for (const name of ['docs', 'openapi.json', 'CHANGELOG.md']) symlinkSync(resolve(name), join(folder, name));
  const npx = `#!/bin/sh\ntest "$1 $2" = "-y @doorwright/mcp-docs-server" || exit 64\nshift 2\nexec "${process.execPath}" "${server}" "$@"\n`;
  writeFileSync(join(folder, 'npx'), npx, { mode: 0o755 });
  const inherited = Object.entries(process.env).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  );
  environment = {
    ...Object.fromEntries(inherited),
    PATH: `${folder}${delimiter}${process.env['PATH'] ?? ''}`,
  };
  await buildProgram();
  program = await startProgram({ DOORWRIGHT_DATA_DIR: join(folder, 'data') });
}, 120_000);

afterAll(async () => {
  for (const child of children) child.kill();
  await program.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** What an agent does with a command: it starts it and asks. */
async function askOverStdio(command: string, args: readonly string[]): Promise<unknown> {
  const client = new Client({ name: 'guide', version: '1' });
  const transport = new StdioClientTransport({ command, args: [...args], env: environment, cwd: folder });
  await client.connect(transport);
  const answer = await client.callTool({
    name: 'workos_search',
    arguments: { query: 'invite a colleague', maxResults: 3 },
  });
  await client.close();
  return answer;
}

const ANSWER = { content: [{ type: 'text', text: expect.stringContaining('best first') as string }] };

/** The programs that a settings file names, wherever in it. */
function commandsIn(value: unknown): { command: string; args: string[] }[] {
  if (typeof value !== 'object' || value === null) return [];
  const { command, args } = value as { command?: unknown; args?: unknown };
  if (typeof command === 'string' && Array.isArray(args)) return [{ command, args: args.map(String) }];
  return Object.values(value).flatMap(commandsIn);
}

/** Tables, strings and lists of strings: what the settings need of TOML. Anything else throws. */
function parseToml(text: string): unknown {
  const root: Record<string, Record<string, unknown>> = {};
  let table: Record<string, unknown> = root;
  for (const line of text.split('\n').filter((one) => one.trim() !== '')) {
    const name = /^\[([\w.-]+)\]$/.exec(line)?.[1];
    if (name !== undefined) {
      table = root[name] = {};
      continue;
    }
    const [, key = '', value = ''] = /^([\w-]+) = (.+)$/.exec(line) ?? expect.unreachable(`no TOML: ${line}`);
    table[key] = JSON.parse(value);
  }
  return root;
}

const settings = blocks.filter(({ language }) => language === 'json' || language === 'toml');

test.each(settings)('the settings file of line $line starts the server', async ({ language, text }) => {
  const [entry, ...others] = commandsIn(language === 'json' ? JSON.parse(text) : parseToml(text));
  expect(others).toEqual([]);
  expect(await askOverStdio(entry?.command ?? '', entry?.args ?? [])).toMatchObject(ANSWER);
});

test('what Claude Code is told to start answers', async () => {
  const command = /claude mcp add doorwright-docs -- (.+)/.exec(page)?.[1]?.split(' ') ?? [];
  expect(await askOverStdio(command[0] ?? '', command.slice(1))).toMatchObject(ANSWER);
});

test('every other block is run, or says why it is not', () => {
  const exemptions = blocks.filter(({ exemption }) => exemption !== null).map(({ exemption }) => exemption);
  expect(exemptions).toEqual([
    'a command of Claude Code',
    'a command of Claude Code',
    'builds the whole repository',
  ]);
  expect(new Set(blocks.map(({ language }) => language))).toEqual(new Set(['sh', 'json', 'toml']));
});

/** Starts a block that goes on until it is stopped, at a free port. Resolves to the port. */
async function startBlock(text: string): Promise<string> {
  const child = spawn('bash', ['-c', `exec ${text.replace('4180', '0')}`], { cwd: folder, env: environment });
  children.push(child);
  const [line] = (await once(child.stderr.setEncoding('utf8'), 'data')) as [string];
  return String((JSON.parse(line) as { port: number }).port);
}

async function hasRegistry(): Promise<boolean> {
  const answer = execute('npm', ['view', '@workos/mcp-docs-server@0.1.0', 'version'], { timeout: 30_000 });
  return answer.then(
    () => true,
    () => false,
  );
}

test('the commands of the page do what it says', { timeout: 180_000 }, async ({ annotate, skip }) => {
  skip(spawnSync('curl', ['--version']).status !== 0, 'curl is not installed: apt-get install curl');
  const outputs: string[] = [];
  let port = '4180';
  for (const { text } of blocks.filter(isCommand)) {
    const command = text.replaceAll('4100', new URL(program.url).port).replaceAll('4180', port);
    if (text.includes('--http ')) {
      port = await startBlock(text);
    } else if (text.includes('@workos/') && !(await hasRegistry())) {
      await annotate('the registry is out of reach: the original packages are not prepared');
    } else {
      const run = execute('bash', ['-euo', 'pipefail', '-c', command], { cwd: folder, env: environment });
      run.child.stdin?.end();
      outputs.push((await run).stdout);
    }
  }
  const [answer = '', list, ...others] = outputs;
  expect(answer).toContain('guides/access-tokens');
  expect(list).toMatch(/^# /);
  expect(others.at(-1)).toContain('# Pages on "rotate a client secret"');
  const corpus = JSON.parse(readFileSync(join(folder, 'corpus/corpus.json'), 'utf8')) as unknown;
  expect(corpus).toMatchObject({ collections: expect.arrayContaining([expect.anything()]) as unknown });
});

const isCommand = ({ language, exemption }: Block): boolean => language === 'sh' && exemption === null;
