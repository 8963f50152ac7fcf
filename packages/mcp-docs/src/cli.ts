import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Command, InvalidArgumentError, Option } from 'commander';
import type { SourceSpec } from './prepare/prepare.ts';
import type { Streams } from './streams.ts';
import { PACKAGE_VERSION } from './version.ts';

// Everything else is loaded by the command that needs it: the server has to be ready at once.

type ServeOptions = {
  corpus?: string;
  http?: number;
  host: string;
  stateless?: boolean;
  allowHost: string[];
  allowOrigin: string[];
};

const ownCorpus = (): string => {
  const beside = fileURLToPath(new URL('./corpus', import.meta.url));
  return existsSync(beside) ? beside : fileURLToPath(new URL('../dist/corpus', import.meta.url));
};

/** Builds the command line. Nothing runs before `parseAsync`. */
export function createProgram(streams: Streams): Command {
  const program = new Command('doorwright-mcp-docs')
    .description('Serves documentation to coding agents over the Model Context Protocol')
    .version(PACKAGE_VERSION)
    .enablePositionalOptions()
    .configureOutput({ writeOut: streams.out, writeErr: streams.error })
    .option('--corpus <folder>', 'corpus to serve (made by `prepare`; the one of Doorwright by default)')
    .addOption(
      new Option('--http <port>', 'serve HTTP at this port instead of stdio; 0 takes a free one').argParser(
        readPort,
      ),
    )
    .option('--host <address>', 'address to listen at', '127.0.0.1')
    .option('--stateless', 'answer each HTTP request on its own, without sessions')
    .option('--allow-host <name>', 'another `Host` to serve, repeatable', collect, [])
    .option(
      '--allow-origin <origin>',
      'a web page that may call, such as https://example.com, repeatable',
      collect,
      [],
    )
    .action(async (options: ServeOptions) => {
      const { serve } = await import('./serve.ts');
      await serve({ ...options, corpus: options.corpus ?? ownCorpus() }, streams);
    });
  addPrepare(program, streams);
  addSearch(program, streams);
  addEvaluate(program, streams);
  return program;
}

function addPrepare(program: Command, streams: Streams): void {
  const sources: { from: string; name?: string; version?: string }[] = [];
  const shared: { name?: string; version?: string } = {};
  const label = (key: 'name' | 'version') => (value: string) => {
    const last = sources.at(-1);
    if (last === undefined) shared[key] = value;
    else last[key] = value;
    return value;
  };
  program
    .command('prepare')
    .description('Reads documentation into a corpus')
    .requiredOption(
      '--from <source>',
      'folder, file, git address, NPM-PACKAGE@VERSION or feed; repeatable',
      (from: string) => {
        sources.push({ from });
        return from;
      },
    )
    .option('--name <name>', 'name of the source before it, or of all when it comes first', label('name'))
    .option(
      '--version <version>',
      'version of the source before it, or of all when it comes first',
      label('version'),
    )
    .requiredOption('--out <folder>', 'where to write the corpus')
    .option('--strict', 'fail when a link of the documentation leads nowhere, or an operation has no summary')
    .option('--leads-out <text>', 'a link with this text leads to what is no page, repeatable', append, [])
    .action(async ({ out, strict, leadsOut }: { out: string; strict?: boolean; leadsOut: string[] }) => {
      const { prepareCorpus } = await import('./prepare/prepare.ts');
      const specs: SourceSpec[] = sources.map((source) => ({ ...shared, ...source }));
      const onProgress = (message: string) => streams.error(`${message}\n`);
      const written = await prepareCorpus({ sources: specs, out, onProgress });
      const dead = written
        .flatMap(({ deadLinks }) => deadLinks)
        .filter((link) => !leadsOut.some((text) => link.includes(text)));
      if (strict === true && dead.length > 0)
        throw new Error(`These links lead nowhere:\n${dead.join('\n')}`);
      const undocumented = written.flatMap((entry) => entry.undocumented);
      if (strict === true && undocumented.length > 0)
        throw new Error(`These operations have no summary:\n${undocumented.join('\n')}`);
    });
}

function addSearch(program: Command, streams: Streams): void {
  program
    .command('search')
    .description('Searches a corpus, for people')
    .argument('<words...>')
    .option('--corpus <folder>')
    .option('--version <version>', 'version of the documentation')
    .option('--limit <count>', 'how many pages', readPort, 10)
    .option('--json', 'print the results as JSON')
    .action(
      async (
        words: string[],
        options: { corpus?: string; version?: string; limit: number; json?: boolean },
      ) => {
        const { printSearch } = await import('./search-command.ts');
        const corpus = options.corpus ?? program.opts<ServeOptions>().corpus ?? ownCorpus();
        streams.out(printSearch({ ...options, corpus, query: words.join(' ') }));
      },
    );
}

function addEvaluate(program: Command, streams: Streams): void {
  program
    .command('evaluate')
    .description('Asks the questions of a file and prints recall and mean reciprocal rank')
    .argument('<file>', 'YAML list of {q, pages}')
    .requiredOption('--corpus <folder>')
    .option('--version <version>', 'version of the documentation')
    .option('--misses', 'print the tuning questions whose page is not first')
    .option('--json', 'print the figures as JSON')
    .action(
      async (
        file: string,
        options: { corpus: string; version?: string; misses?: boolean; json?: boolean },
      ) => {
        const { printEvaluation } = await import('./evaluate-command.ts');
        streams.out(printEvaluation(file, options));
      },
    );
  program
    .command('fit')
    .description('Finds the weights of the ranking on the tuning halves of questions and prints them')
    .argument('<file=corpus@version...>', 'YAML lists of {q, pages}, each with its corpus and version')
    .action(async (files: string[]) => {
      const { printFit } = await import('./fit-command.ts');
      streams.out(printFit(files));
    });
}

function readPort(text: string): number {
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535)
    throw new InvalidArgumentError('A number from 0 to 65535 is needed.');
  return Number(text);
}

function collect(value: string, before: string[]): string[] {
  return [...before, value.toLowerCase()];
}

const append = (value: string, before: string[]): string[] => [...before, value];
