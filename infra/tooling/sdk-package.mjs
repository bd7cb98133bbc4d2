/** Makes the client a package of its own, `colloquy-sdk`, in `dist/colloquy-sdk`: `npm publish ./dist/colloquy-sdk`. */
import { copyFileSync, cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What callers may have, and the client uses then. */
const OPTIONAL = ['runpod-sdk', '@aws-sdk/client-s3', '@aws-sdk/s3-request-presigner', 'docx'];

const DOORS = { '.': 'index', './webhook': 'webhook', './formats': 'formats' };

/** The manifest of the client, from that of the whole. */
export function sdkManifest({ version, license, engines, dependencies, optionalDependencies }) {
  const known = { ...dependencies, ...optionalDependencies };
  const door = (name) => ({
    import: { types: `./${name}.d.ts`, default: `./${name}.js` },
    require: { types: `./${name}.d.cts`, default: `./${name}.cjs` },
  });
  return {
    name: 'colloquy-sdk',
    version,
    description: 'Client of Colloquy: who said what, when. For Node, browsers and edge runtimes',
    license,
    type: 'module',
    engines,
    main: './index.cjs',
    types: './index.d.cts',
    exports: {
      ...Object.fromEntries(Object.entries(DOORS).map(([path, name]) => [path, door(name)])),
      './package.json': './package.json',
    },
    typesVersions: { '*': { formats: ['./formats.d.ts'], webhook: ['./webhook.d.ts'] } },
    peerDependencies: Object.fromEntries(OPTIONAL.map((name) => [name, known[name]])),
    peerDependenciesMeta: Object.fromEntries(OPTIONAL.map((name) => [name, { optional: true }])),
  };
}

/** @param root of the repository */
export function writeSdkPackage(root) {
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const folder = join(root, 'dist/colloquy-sdk');
  rmSync(folder, { recursive: true, force: true });
  cpSync(join(root, 'dist/sdk'), folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(sdkManifest(manifest), null, 2)}\n`);
  copyFileSync(join(root, 'sdk/package/README.md'), join(folder, 'README.md'));
  copyFileSync(join(root, 'LICENSE'), join(folder, 'LICENSE'));
}
