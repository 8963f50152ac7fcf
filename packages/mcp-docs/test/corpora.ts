import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { prepareCorpus } from '../src/prepare/prepare.ts';
import type { SourceSpec } from '../src/prepare/prepare.ts';

const run = promisify(execFile);
const folders: string[] = [];

/** A folder below the system's temporary one; `removeFolders` takes it away. */
export function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'mcp-docs-test-'));
  folders.push(folder);
  return folder;
}

export function removeFolders(): void {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
}

/** Writes files by their relative paths and returns the folder. */
export function writeFiles(files: Readonly<Record<string, string>>, folder = makeFolder()): string {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

/** Prepares sources into a corpus folder of its own, without progress. */
export async function prepare(
  sources: readonly SourceSpec[],
  out = join(makeFolder(), 'corpus'),
): Promise<string> {
  await prepareCorpus({ sources, out, onProgress: () => undefined });
  return out;
}

/** A small documentation with navigation, reference front matter, components and a changelog; every sentence is ours. */
export const GARDEN: Readonly<Record<string, string>> = {
  'index.md': '# Garden manual\n\nHow to keep a garden.\n\n- [Watering](./watering/index.mdx)\n',
  'watering/_navigation.mdx':
    '---\ntitle: Watering\nlinks:\n  - title: Basics\n    links:\n      - title: Overview\n        url: /watering\n      - title: Hose setup\n        url: /watering/hose\n---\n',
  'watering/index.mdx':
    '---\ntitle: Watering\ndescription: Water the beds in the evening.\n---\n\n## (1) Fill the can\n\nUse rain water. See [the hose](/watering/hose/connect-the-hose).\n\n<Callout>Not at noon.</Callout>\n',
  'watering/hose.mdx':
    '---\ntitle: Hose setup\n---\n\n## Connect the hose\n\nTurn the `tap_open` valve slowly.\n\n```ts title="Open the tap"\nawait garden.taps.open("tap_1");\n```\n\n## Troubleshooting {{ "url": "trouble" }}\n\nThe code `hose_kinked` means that the hose has a kink.\n',
  'reference/index.mdx':
    '---\ndescriptions:\n  tap:\n    id: Identifies the tap.\n    flow: Litres in a minute.\nreference:\n  curl:\n    - key: tap\n      url: /reference/tap\n      title: tap\n---\n\n# Reference\n\nEverything about the API.\n',
  'reference/tap/open.mdx':
    '---\nreference:\n  curl:\n    - key: open_tap\n      id: open_tap\n      type: POST\n      title: /taps/:id/open\n      parameters:\n        - key: id\n          type: string\n          description: (tap.id)\n        - key: flow\n          type: number\n          optional: true\n          description: (tap.flow)\n  python:\n    - key: open_tap\n      id: open_tap\n      title: garden.open_tap()\n      parameters:\n        - key: tap_id\n          type: str\n          description: (tap.id)\n---\n\n## Open a tap\n\nLets the water run.\n',
  'glossary.md': '# Glossary\n\n## Mulch\n\nA layer of bark over the soil.\n\n## Compost\n\nRotten leaves.\n',
  'CHANGELOG.md':
    '# Changes\n\n## [2.0.0] - 2026-03-01\n\n### Added\n\n- A second tap.\n\n## [1.0.0] - 2026-01-15\n\n- The first tap\n  with a long hose.\n',
  'examples/night/water.py': 'garden.open_tap("tap_1")\n',
};

/**
 * The documentation inside the reference server of this version, unpacked; `removeFolders` takes it away, npm's own cache
 * keeps the package for the next run. Rejects when the registry is out of reach.
 */
export async function fetchReference(version: string): Promise<string> {
  const folder = makeFolder();
  const name = `@workos/mcp-docs-server@${version}`;
  await run('npm', ['pack', name, '--silent', '--prefer-offline', '--pack-destination', folder], {
    timeout: 60_000,
  });
  await run('tar', ['-xzf', `workos-mcp-docs-server-${version}.tgz`], { cwd: folder });
  return join(folder, 'package');
}
