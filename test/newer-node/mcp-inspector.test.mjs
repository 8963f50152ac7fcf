// The command line of the MCP inspector drives every tool of the documentation server, over both transports.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { startProgram } from '../program.ts';

const execute = promisify(execFile);
const ordinaryNode = process.env.DOORWRIGHT_TEST_NODE ?? 'node';
const inspector = fileURLToPath(
  new URL('node_modules/@modelcontextprotocol/inspector/clients/launcher/build/index.js', import.meta.url),
);
const docsServer = fileURLToPath(
  new URL('../../packages/mcp-docs/dist/doorwright-mcp-docs.js', import.meta.url),
);

/** A call of each tool, and what its text has to hold. */
const calls = {
  doorwright_search: [['query=how do I back up the database', 'limit=3'], /## self-hosting\/backup/],
  doorwright_docs: [['path=concepts/pagination'], /# Pagination/],
  doorwright_examples: [['example=POST /organizations', 'language=curl'], /curl -X POST/],
  doorwright_changelogs: [['limit=1'], /Unreleased/],
  doorwright_list: [['path=concepts'], /concepts\/domains/],
  doorwright_operation: [['name=organizations.create'], /POST \/organizations/],
  doorwright_diff: [['from=0.1.0', 'to=0.1.0'], /./],
  workos_search: [['query=domain_already_exists'], /troubleshooting/],
  workos_docs: [['path=guides/events'], /# Events/],
  workos_examples: [['example=organizations.get'], /curl/],
  workos_changelogs: [['package=doorwright'], /Unreleased/],
};

let folder;
let program;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'doorwright-inspector-'));
  program = await startProgram(
    { DOORWRIGHT_DATA_DIR: join(folder, 'data') },
    ['dev', '--json'],
    ordinaryNode,
  );
});

after(async () => {
  await program.stop();
  await rm(folder, { recursive: true, force: true });
});

const targets = {
  stdio: () => [ordinaryNode, docsServer],
  'HTTP, through the server': () => [`${program.url}/mcp/docs`, '--transport', 'http'],
};

async function inspect(target, args) {
  const { stdout } = await execute(process.execPath, [inspector, '--cli', ...target, ...args]);
  return JSON.parse(stdout);
}

for (const [name, target] of Object.entries(targets)) {
  describe(`over ${name}`, () => {
    test('every tool is listed, and each is called below', async () => {
      const { tools } = await inspect(target(), ['--method', 'tools/list']);
      assert.deepEqual(tools.map((tool) => tool.name).sort(), Object.keys(calls).sort());
    });

    for (const [tool, [args, expected]] of Object.entries(calls)) {
      test(`${tool} answers`, async () => {
        const given = args.flatMap((arg) => ['--tool-arg', arg]);
        const answer = await inspect(target(), ['--method', 'tools/call', '--tool-name', tool, ...given]);
        assert.ok(answer.isError !== true, JSON.stringify(answer.content));
        assert.match(answer.content[0].text, expected);
      });
    }

    test('resources and prompts are listed', async () => {
      const { resources } = await inspect(target(), ['--method', 'resources/list']);
      assert.ok(resources.some(({ uri }) => uri.startsWith('docs://')));
      const { prompts } = await inspect(target(), ['--method', 'prompts/list']);
      assert.ok(prompts.length >= 5);
    });
  });
}
