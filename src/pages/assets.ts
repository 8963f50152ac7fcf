import { createHash } from 'node:crypto';
import { readFile, readdir } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { z } from 'zod';
import { notFound } from '../platform/errors.ts';
import { type Operation, Reply, operation } from '../platform/operation.ts';

interface Asset {
  readonly bytes: Buffer;
  readonly contentType: string;
  /** The beginning of the content's SHA-256. */
  readonly hash: string;
}

/** The files that pages refer to, held in memory. */
export interface Assets {
  /** Where a file is served, with its content's hash: the address changes with the content. */
  url(name: string): string;
  find(name: string): Asset | undefined;
}

const contentTypes: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** Reads every file of the folder. Throws when it cannot be read. */
export async function readAssets(directory: string): Promise<Assets> {
  const names = (await readdir(directory)).filter((name) => extname(name) in contentTypes);
  const entries = await Promise.all(
    names.map(async (name): Promise<[string, Asset]> => {
      const bytes = await readFile(join(directory, name));
      const hash = createHash('sha256').update(bytes).digest('hex').slice(0, 16);
      return [name, { bytes, hash, contentType: contentTypes[extname(name)] ?? '' }];
    }),
  );
  return collectAssets(new Map(entries));
}

function collectAssets(assets: ReadonlyMap<string, Asset>): Assets {
  return {
    url: (name) => `/_assets/${name}?v=${assets.get(name)?.hash ?? ''}`,
    find: (name) => assets.get(name),
  };
}

export function assetOperations(assets: Assets): readonly Operation[] {
  return [
    operation({
      id: 'assets.get',
      summary: 'Style sheet or picture of a page',
      method: 'GET',
      path: '/_assets/{name}',
      protocol: 'api',
      principals: ['none'],
      environmentFrom: 'none',
      permission: null,
      params: z.object({ name: z.string() }),
      query: z.object({ v: z.string().max(64).optional() }),
      returns: { 200: 'application/octet-stream' },
      errors: [{ status: 404, code: 'entity_not_found', when: 'No file has the name.' }],
      // A name is looked up among those read at the start: it never becomes a path.
      run: (_, { params, query }) => Promise.resolve(serveAsset(assets, params.name, query.v)),
    }),
  ];
}

function serveAsset(assets: Assets, name: string, version: string | undefined): Reply {
  const asset = assets.find(name);
  if (!asset) throw notFound('File', name);
  const isPinned = version === asset.hash;
  const headers = {
    'content-type': asset.contentType,
    'x-content-type-options': 'nosniff',
    'cross-origin-resource-policy': 'same-origin',
    etag: `"${asset.hash}"`,
    // The address of another version, or of none, must be asked for again: during an upgrade both are answered here.
    'cache-control': isPinned ? 'public, max-age=31536000, immutable' : 'no-cache',
  };
  return new Reply(200, headers, new Uint8Array(asset.bytes));
}
