// `npm run test:crash -- --kills 200`: the crash suite alone, with as many kills as asked for.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { fail } from './say.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const { values } = parseArgs({ options: { kills: { type: 'string', default: '200' } } });
if (!/^[1-9]\d*$/.test(values.kills)) fail('--kills takes a number, for example --kills 200.');
const command = [join(root, 'node_modules/vitest/vitest.mjs'), 'run', 'test/crash'];
const env = { ...process.env, DOORWRIGHT_TEST_KILLS: values.kills };
const { status } = spawnSync(process.execPath, command, { cwd: root, env, stdio: 'inherit' });
process.exit(status ?? 1);
