import { createProgram } from './cli.ts';

const streams = {
  out: (text: string) => void process.stdout.write(text),
  error: (text: string) => void process.stderr.write(text),
};

try {
  await createProgram(streams).parseAsync(process.argv);
} catch (error) {
  streams.error(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
