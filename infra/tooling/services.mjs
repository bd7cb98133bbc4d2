/**
 * Installs what `npm run test:services` tests against, where a package manager of Debian has it and this user may: a Redis,
 * and an S3 server. Nothing is started: each test starts its own, on free ports.
 */
import { spawnSync } from 'node:child_process';

const SERVICES = [
  { programs: ['redis-server'], packages: ['redis-server'] },
  {
    programs: ['radosgw', 'ceph-mon', 'ceph-osd'],
    packages: ['radosgw', 'ceph-mon', 'ceph-osd', 'ceph-common'],
  },
];

const isThere = (program) => spawnSync('which', [program], { stdio: 'ignore' }).status === 0;
const missing = SERVICES.filter(({ programs }) => !programs.every(isThere)).flatMap(
  ({ packages }) => packages,
);

if (missing.length > 0) {
  const install = ['install', '-y', '-qq', '--no-install-recommends', ...missing];
  process.stderr.write(`services: installing ${missing.join(' ')} (apt-get) …\n`);
  // Debian starts a Redis of its own on 6379 where it can; the tests never use it.
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
  const isInstalled = [['update', '-qq'], install].every(
    (args) => spawnSync('apt-get', args, { env, stdio: ['ignore', 'ignore', 2] }).status === 0,
  );
  if (!isInstalled) {
    process.stderr.write(`services: not installed. sudo apt-get ${install.join(' ')}\n`);
    process.exit(1);
  }
}
