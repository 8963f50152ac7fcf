// `npm start`: everything between a fresh clone and the running product. Needs nothing but Node.js and npm.
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { ensureReady, requireNode } from './install.mjs';
import { fail } from './say.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const program = join(root, 'dist/doorwright.js');

requireNode();
await ensureReady(root).catch((error) => fail(error.message));
// The program runs in this process: a second Node.js would cost memory and a third of the start time.
process.argv = [process.argv[0], program, 'dev', ...process.argv.slice(2)];
await import(pathToFileURL(program).href);
