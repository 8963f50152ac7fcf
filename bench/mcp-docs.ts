// The docs server beside the reference implementation, over stdio, in one run: start, memory, latency, recall.
// `npm run bench -- mcp-docs`; it builds, and fetches @workos/mcp-docs-server from the registry.
import { execFileSync, spawn } from 'node:child_process';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { parse } from 'yaml';
import { buildProgram } from '../test/program.ts';

const REFERENCE = '@workos/mcp-docs-server';
const VERSIONS = ['0.1.0', '0.2.0'];
const TICK_MS = 10;
const STARTS = 7;
const ROUNDS = 4;
const RUNS = 3;
const root = fileURLToPath(new URL('..', import.meta.url));
const program = join(root, 'packages/mcp-docs/dist/doorwright-mcp-docs.js');
type Question = { q: string; pages: string[] };
const read = (name: string): Question[] =>
  parse(readFileSync(join(root, `packages/mcp-docs/questions/${name}.yaml`), 'utf8')) as Question[];
// Nothing was tuned on every second one of a file, and on none of those that are called fresh.
const heldOutOf = (version: string): Question[] => [
  ...read(`upstream-${version}`).filter((_, at) => at % 2 === 1),
  ...read(`blind-${version}`).filter((_, at) => at % 2 === 1),
  ...read(`fresh-${version}`),
];

class Peer {
  readonly child: ChildProcessWithoutNullStreams;
  private readonly waiting = new Map<number, (text: string) => void>();
  private next = 1;

  constructor(args: readonly string[]) {
    this.child = spawn(process.execPath, args, { stdio: 'pipe' });
    let rest = '';
    this.child.stdout.setEncoding('utf8').on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) this.take(JSON.parse(line) as { id: number; result?: unknown });
    });
  }

  private take({ id, result }: { id: number; result?: unknown }): void {
    const content = (result as { content?: { text?: string }[] } | undefined)?.content;
    this.waiting.get(id)?.(content?.[0]?.text ?? '');
    this.waiting.delete(id);
  }

  ask(method: string, params: object): Promise<string> {
    const id = this.next;
    this.next += 1;
    this.child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id, method, params })}\n`);
    return new Promise((resolve) => this.waiting.set(id, resolve));
  }

  initialize(): Promise<string> {
    const clientInfo = { name: 'bench', version: '1' };
    return this.ask('initialize', { protocolVersion: '2024-11-05', capabilities: {}, clientInfo });
  }

  memoryMb(): number {
    const status = readFileSync(`/proc/${this.child.pid}/status`, 'utf8');
    return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024;
  }

  /** What the process has used of the cores: other work on the machine doesn't change it much. */
  cpuMs(): number {
    const stat = readFileSync(`/proc/${this.child.pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
  }

  async end(): Promise<void> {
    const closed = new Promise((resolve) => this.child.once('close', resolve));
    this.child.kill();
    await closed;
  }
}

const at = (values: number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? 0;
const round = (value: number): number => Math.round(value * 100) / 100;

async function measureStart(args: readonly string[]): Promise<{ readyMs: number; readyCpuMs: number }> {
  const times: number[] = [];
  const cpu: number[] = [];
  for (let run = 0; run < STARTS; run += 1) {
    const started = performance.now();
    const peer = new Peer(args);
    await peer.initialize();
    times.push(performance.now() - started);
    cpu.push(peer.cpuMs());
    await peer.end();
  }
  return { readyMs: at(times, 0.5), readyCpuMs: at(cpu, 0.5) };
}

/** The pages of an answer, best first: both servers head each with its path. */
const pathsOf = (text: string): string[] =>
  [...text.matchAll(/^## (?:\p{Extended_Pictographic}\s*)?([\w./-]+)$/gmu)].map((match) => match[1] ?? '');

/** Both servers know the first tool; the older tree is served beside the newer one, and asked for by its version. */
const askFor = (query: string, version: string): object =>
  version === VERSIONS.at(-1)
    ? { name: 'workos_search', arguments: { query, maxResults: 10 } }
    : { name: 'doorwright_search', arguments: { query, version, limit: 10 } };

type Subject = { readonly name: string; readonly args: readonly string[]; readonly version: string };

async function measure({ name, args, version }: Subject): Promise<Record<string, number | string>> {
  const { readyMs, readyCpuMs } = await measureStart(args);
  const heldOut = heldOutOf(version);
  const peer = new Peer(args);
  await peer.initialize();
  peer.child.stdin.write('{"jsonrpc":"2.0","method":"notifications/initialized"}\n');
  const cpuBeforeMs = peer.cpuMs();
  const times: number[] = [];
  const ranks: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const { q, pages } of heldOut) {
      const started = performance.now();
      const text = await peer.ask('tools/call', askFor(q, version));
      times.push(performance.now() - started);
      if (round === 0) ranks.push(pathsOf(text).findIndex((path) => pages.includes(path)) + 1);
    }
  }
  const cpuMs = peer.cpuMs() - cpuBeforeMs;
  const memoryMb = peer.memoryMb();
  await peer.end();
  const recall = (limit: number) => ranks.filter((rank) => rank > 0 && rank <= limit).length / ranks.length;
  return {
    name,
    tree: version,
    ready_ms: round(readyMs),
    ready_cpu_ms: round(readyCpuMs),
    peak_memory_mb: round(memoryMb),
    search_first_ms: round(times[0] ?? 0),
    search_p50_ms: round(at(times, 0.5)),
    search_p99_ms: round(at(times, 0.99)),
    search_cpu_ms: round(cpuMs / times.length),
    questions: ranks.length,
    recall_at_1: round(recall(1)),
    recall_at_3: round(recall(3)),
    recall_at_10: round(recall(10)),
    mrr: round(ranks.reduce((sum, rank) => sum + (rank === 0 ? 0 : 1 / rank), 0) / ranks.length),
  };
}

/** The measurement in the middle of several, figure by figure: other work on the machine moves single ones. */
function medianOf(measurements: readonly Record<string, number | string>[]): Record<string, number | string> {
  const entries = Object.entries(measurements[0] ?? {}).map(([key, value]) => {
    const values = measurements.map((one) => one[key]).filter((one) => typeof one === 'number');
    return [key, typeof value === 'number' ? at(values, 0.5) : value] as const;
  });
  return Object.fromEntries(entries);
}

type Measured = Readonly<Record<string, number | string>>;

const ROWS: readonly [what: string, key: string, unit: string, target: string][] = [
  ['ready after process start', 'ready_ms', ' ms', '300 ms'],
  ['peak memory', 'peak_memory_mb', ' MB', '110 MB'],
  ['first search', 'search_first_ms', ' ms', ''],
  ['search, half below', 'search_p50_ms', ' ms', '3 ms'],
  ['search, 99 % below', 'search_p99_ms', ' ms', '15 ms'],
  ['processor time of a search', 'search_cpu_ms', ' ms', ''],
  ['questions that nothing was tuned on', 'questions', '', ''],
  ['right page first', 'recall_at_1', '', ''],
  ['right page among the first three', 'recall_at_3', '', '0.95'],
  ['mean reciprocal rank', 'mrr', '', '0.9'],
];

/** Writes the table of bench/README.md anew. */
async function writeTable(results: readonly Measured[]): Promise<void> {
  const path = join(root, 'bench/README.md');
  const text = readFileSync(path, 'utf8');
  const [begin, end] = ['<!-- begin docs server -->', '<!-- end docs server -->'];
  const names = results.map(({ name, tree }) =>
    name === 'reference' ? `${name}, ${tree}` : `Doorwright, ${tree}`,
  );
  const table = [
    `| what | ${names.join(' | ')} | target |`,
    `| --- |${' --- |'.repeat(names.length)} --- |`,
    ...ROWS.map(
      ([what, key, unit, target]) =>
        `| ${what} | ${results.map((one) => `${one[key]}${unit}`).join(' | ')} | ${target} |`,
    ),
  ].join('\n');
  const about = `Measured ${new Date().toISOString().slice(0, 10)}: ${cpus().length} cores (${cpus()[0]?.model ?? ''}), Node ${process.version}, load average before ${loadBefore}.`;
  const whole = `${text.slice(0, text.indexOf(begin) + begin.length)}\n\n${about}\n\n${table}\n\n${text.slice(text.indexOf(end))}`;
  writeFileSync(path, await format(whole, { ...(await resolveConfig(path)), parser: 'markdown' }));
}

const loadBefore = round(loadavg()[0] ?? 0);
await buildProgram();
const folder = mkdtempSync(join(tmpdir(), 'mcp-docs-bench-'));
try {
  const packages = VERSIONS.map((version) => join(folder, version));
  for (const [n, target] of packages.entries()) {
    const what = `${REFERENCE}@${VERSIONS[n]}`;
    execFileSync('npm', ['install', '--silent', '--no-save', '--ignore-scripts', '--prefix', target, what]);
  }
  const trees = packages.map((target) => join(target, 'node_modules', REFERENCE));
  const corpus = join(folder, 'corpus');
  execFileSync(process.execPath, [
    program,
    'prepare',
    ...trees.flatMap((tree) => ['--from', tree]),
    '--out',
    corpus,
  ]);
  const newest = VERSIONS.at(-1) ?? '';
  const reference = { name: 'reference', args: [join(trees[1] ?? '', 'dist/index.js')], version: newest };
  const results = [await measure(reference)];
  for (const version of VERSIONS) {
    const subject = { name: 'doorwright, both trees loaded', args: [program, '--corpus', corpus], version };
    const runs: Record<string, number | string>[] = [];
    for (let run = 0; run < RUNS; run += 1) runs.push(await measure(subject));
    results.push(medianOf(runs));
  }
  console.table(results);
  const report = {
    node: process.version,
    load_average: loadBefore,
    trees: `${REFERENCE}, ${VERSIONS.join(' and ')}`,
    questions: 'held-out halves and fresh ones',
    runs: 'reference 1, doorwright the median of 3',
    results,
  };
  writeFileSync(join(root, 'bench/results/mcp-docs.json'), `${JSON.stringify(report, null, 2)}\n`);
  await writeTable(results);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
