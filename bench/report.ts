import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import type { Figure } from './figure.ts';
import type { BenchEnvironment } from './environment.ts';

export interface BenchResult {
  name: string;
  about: string;
  measured_at: string;
  environment: BenchEnvironment;
  figures: Figure[];
}

const folder = fileURLToPath(new URL('.', import.meta.url));
const begin = '<!-- begin generated -->';
const end = '<!-- end generated -->';

const round = (value: number): number => Number(value.toPrecision(3));

/** One figure as a line for people. */
export function describe({ what, unit, value, target, load }: Figure): string {
  const wanted = target === undefined ? '' : ` (target ${target.toLocaleString('en')})`;
  const line = `${what}: ${show(value, unit)}${wanted}`;
  if (!load) return line;
  const times = [load.p50Ms, load.p95Ms, load.p99Ms].map(round).join(' / ');
  const cpu = `cores: server ${round(load.serverCpu)}, database ${round(load.databaseCpu)}, generator ${round(load.generatorCpu)}`;
  return `${line}; p50/p95/p99 ${times} ms; ${cpu}; MB: server ${Math.round(load.serverMb)}, database ${Math.round(load.databaseMb)}`;
}

function show(value: number, unit: Figure['unit']): string {
  if (unit === 'requests/s') return `${Math.round(value).toLocaleString('en')}/s`;
  if (unit.endsWith('/s')) return `${Math.round(value).toLocaleString('en')} ${unit}`;
  if (unit === 'ratio') return `${round(value)} times`;
  return `${round(value)} ${unit}`;
}

/** Keeps the result as the last one of its name, and writes the table anew. */
export async function keepResult(result: BenchResult): Promise<void> {
  await mkdir(join(folder, 'results'), { recursive: true });
  const path = join(folder, 'results', `${result.name}.json`);
  const rounded = JSON.stringify(
    result,
    (_, value: unknown) => (typeof value === 'number' ? round(value) : value),
    2,
  );
  await writeFile(path, `${rounded}\n`);
  await writeTable();
}

async function writeTable(): Promise<void> {
  const names = (await readdir(join(folder, 'results'))).filter((name) => name.endsWith('.json')).sort();
  const results = await Promise.all(
    names.map(
      async (name) => JSON.parse(await readFile(join(folder, 'results', name), 'utf8')) as BenchResult,
    ),
  );
  const path = join(folder, 'README.md');
  const text = await readFile(path, 'utf8');
  const start = text.indexOf(begin) + begin.length;
  // The docs server's benchmark keeps a table of its own beside these.
  const table = results
    .filter((result) => 'environment' in result)
    .flatMap(tableOf)
    .join('\n');
  const whole = `${text.slice(0, start)}\n\n${table}\n${text.slice(text.indexOf(end))}`;
  await writeFile(path, await format(whole, { ...(await resolveConfig(path)), parser: 'markdown' }));
}

function tableOf({ name, about, measured_at, environment, figures }: BenchResult): string[] {
  const { cores, processor, node, postgres, loadAverage, ceiling, commit } = environment;
  return [
    `### ${name}`,
    '',
    `${about}. ${measured_at.slice(0, 10)}, commit ${commit}: ${cores} cores (${processor}), Node ${node}, ${postgres}; load average before ${loadAverage}; the generator alone reaches ${ceiling.toLocaleString('en')}/s.`,
    '',
    '| what | result | target | p50 / p95 / p99 ms | cores: server, database, generator |',
    '| --- | --- | --- | --- | --- |',
    ...figures.map(rowOf),
    '',
  ];
}

function rowOf({ what, unit, value, target, load }: Figure): string {
  const times = load ? [load.p50Ms, load.p95Ms, load.p99Ms].map(round).join(' / ') : '';
  const cpu = load ? [load.serverCpu, load.databaseCpu, load.generatorCpu].map(round).join(', ') : '';
  const wanted = target === undefined ? '' : show(target, unit);
  return `| ${what} | ${show(value, unit)} | ${wanted} | ${times} | ${cpu} |`;
}
