import { readFileSync, readdirSync } from 'node:fs';

const ticksPerSecond = 100;

interface Stat {
  pid: number;
  parent: number;
  cpuSeconds: number;
  name: string;
}

function readStat(pid: string): Stat | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const end = text.lastIndexOf(')');
    const fields = text.slice(end + 2).split(' ');
    // Fields 14 to 17 of proc(5): user and system time in ticks, its own and that of the children that have ended.
    const ticks = fields.slice(11, 15).reduce((total, field) => total + Number(field), 0);
    return {
      pid: Number(pid),
      parent: Number(fields[1]),
      cpuSeconds: ticks / ticksPerSecond,
      name: text.slice(text.indexOf('(') + 1, end),
    };
  } catch {
    return null;
  }
}

/** A process and everything below it. */
function listTree(root: number): Stat[] {
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => readStat(name) ?? []);
  const tree = all.filter(({ pid }) => pid === root);
  for (const found of tree) tree.push(...all.filter(({ parent }) => parent === found.pid));
  return tree;
}

const isDatabase = ({ name }: Stat): boolean => name.startsWith('postgres');

export interface Usage {
  server: number;
  database: number;
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** Seconds of processor time that the server (with its workers) and its PostgreSQL have used. */
export function readCpu(serverPid: number): Usage {
  const tree = listTree(serverPid);
  return {
    server: sum(tree.filter((stat) => !isDatabase(stat)).map(({ cpuSeconds }) => cpuSeconds)),
    database: sum(tree.filter(isDatabase).map(({ cpuSeconds }) => cpuSeconds)),
  };
}

/** Proportional set size in MB: pages that processes share are counted once. */
export function readMemory(serverPid: number): Usage {
  const pss = ({ pid }: Stat): number => {
    try {
      const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
      return Number(/^Pss:\s+(\d+) kB/m.exec(text)?.[1] ?? 0) / 1_024;
    } catch {
      return 0;
    }
  };
  const tree = listTree(serverPid);
  return {
    server: sum(tree.filter((stat) => !isDatabase(stat)).map(pss)),
    database: sum(tree.filter(isDatabase).map(pss)),
  };
}
