// `npm run bench -- [names]`: builds, then runs the named benchmarks, or all of them, one after the other.
import { buildProgram } from '../test/program.ts';
import { benchmarks } from './benchmarks.ts';
import { readEnvironment } from './environment.ts';
import type { Figure } from './figure.ts';
import { describe, keepResult } from './report.ts';

const names = process.argv.slice(2);
// The docs server's is a program of its own: it needs the registry, and no database.
if (names.length === 1 && names[0] === 'mcp-docs') {
  await import('./mcp-docs.ts');
  process.exit(0);
}
const unknown = names.filter((name) => !benchmarks.some((benchmark) => benchmark.name === name));
if (unknown.length > 0) {
  console.error(
    `There is no benchmark ${unknown.join(', ')}. There are: ${benchmarks.map(({ name }) => name).join(', ')}.`,
  );
  process.exit(1);
}
await buildProgram();
const environment = await readEnvironment();
console.log(JSON.stringify(environment));
for (const { name, about, run } of benchmarks) {
  if (names.length > 0 && !names.includes(name)) continue;
  console.log(`\n${name}: ${about}`);
  const figures: Figure[] = [];
  await run((figure) => {
    figures.push(figure);
    console.log(`  ${describe(figure)}`);
  });
  await keepResult({ name, about, measured_at: new Date().toISOString(), environment, figures });
}
