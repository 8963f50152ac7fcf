import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const isIn = (folders, ...names) =>
  folders.some((folder) => names.some((name) => isExecutable(join(folder, name))));
const isOnPath = (name) => isIn((process.env.PATH ?? '').split(delimiter), name);

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function hasPostgres() {
  const base = '/usr/lib/postgresql';
  const versions = existsSync(base) ? readdirSync(base).filter((version) => Number(version) >= 15) : [];
  return versions.some((version) => isExecutable(join(base, version, 'bin/initdb')));
}

// Each is looked for where the tests look: the PATH of an ordinary user may leave sbin out. The first package of a list
// that apt knows is installed.
const SBIN = ['/usr/sbin', '/usr/local/sbin', '/usr/bin'];
const WANTED = [
  { isPresent: () => isIn(['/usr/bin'], 'chromium', 'chromium-browser'), packages: ['chromium'] },
  { isPresent: hasPostgres, packages: ['postgresql-15', 'postgresql'] },
  { isPresent: () => isIn(['/usr/sbin', '/usr/bin'], 'pgbouncer'), packages: ['pgbouncer'] },
  { isPresent: () => isIn(SBIN, 'nginx'), packages: ['nginx'] },
  { isPresent: () => isIn(SBIN, 'haproxy'), packages: ['haproxy'] },
  { isPresent: () => isOnPath('curl'), packages: ['curl'] },
  { isPresent: () => isOnPath('openssl'), packages: ['openssl'] },
];

/**
 * Installs the programs that some tests drive, when this is root on Debian and they are absent.
 * A failure is only printed: the tests that need the program skip themselves by name.
 */
export function installSystemPackages() {
  const missing = WANTED.filter(({ isPresent }) => !isPresent());
  if (missing.length === 0) return;
  const names = missing.map(({ packages }) => packages[0]).join(', ');
  if (process.getuid?.() !== 0 || !isOnPath('apt-get')) {
    console.log(
      `Not installed, and only root can install it with apt: ${names}. Tests that need it are skipped, by name.`,
    );
    return;
  }
  console.log(`Installing with apt: ${names}. Debian starts some as services; no test needs these.`);
  apt(['update', '-q']);
  for (const { packages } of missing) {
    const isInstalled = packages.some((name) =>
      apt(['install', '-q', '-y', '--no-install-recommends', name]),
    );
    if (!isInstalled)
      console.log(`${packages[0]} could not be installed: the tests that need it are skipped.`);
  }
}

function apt(args) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const { status, stderr } = spawnSync('apt-get', args, {
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
  });
  if (status !== 0) console.log(`apt-get ${args.join(' ')} failed: ${(stderr ?? '').trim().slice(-500)}`);
  return status === 0;
}
