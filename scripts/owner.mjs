import { lchownSync, lstatSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** When root works in a clone of another user, gives `paths` (with all below them) to the owner of the clone. */
export function giveToOwner(root, paths) {
  if (process.getuid?.() !== 0) return;
  const { uid, gid } = statSync(root);
  if (uid === 0) return;
  for (const path of paths) giveTree(join(root, path), uid, gid);
}

/** The same for what the checks and tests leave behind, once they have ended: npm as the owner could not replace it. */
export function giveLeftoversAtExit(root) {
  const caches = ['.cache', '.vite', '.vite-temp'].map((name) => `node_modules/${name}`);
  process.once('exit', () => giveToOwner(root, [...caches, 'test/newer-node/node_modules']));
}

function giveTree(path, uid, gid) {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return;
  lchownSync(path, uid, gid);
  if (!stat.isDirectory()) return;
  for (const name of readdirSync(path)) giveTree(join(path, name), uid, gid);
}
