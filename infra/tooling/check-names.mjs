/**
 * One word for one thing: no two files export the same name, so that a reader who greps a name finds one idea.
 * A name that is passed on (`export … from`) is declared once and does not count. `--list` prints what is shared, allowed or not.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { ALLOWED } from './shared-names.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const FOLDERS = ['core', 'handlers', 'sdk', 'models'];
/** Written by a program out of the contract. */
const GENERATED = 'sdk/contract/generated/';

const files = FOLDERS.flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true })
    .map((file) => `${folder}/${file.replaceAll('\\', '/')}`)
    .filter((file) => /\.tsx?$/.test(file) && !file.startsWith(GENERATED)),
);

/** The names that a file declares and exports itself. */
function declaredExports(file) {
  const text = readFileSync(join(root, file), 'utf8');
  const { statements } = ts.createSourceFile(file, text, ts.ScriptTarget.Latest);
  return new Set(statements.filter(isExported).flatMap(declaredNames));
}

function isExported(statement) {
  const modifiers = ts.canHaveModifiers(statement) ? ts.getModifiers(statement) : undefined;
  return modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) ?? false;
}

function declaredNames(statement) {
  const declarations = ts.isVariableStatement(statement)
    ? statement.declarationList.declarations
    : [statement];
  return declarations.flatMap(({ name }) => (name && ts.isIdentifier(name) ? [name.text] : []));
}

const filesOf = new Map();
for (const file of files)
  for (const name of declaredExports(file)) filesOf.set(name, [...(filesOf.get(name) ?? []), file]);

const shared = [...filesOf]
  .filter(([, places]) => places.length > 1)
  .sort(([a], [b]) => a.localeCompare(b, 'en'));
const lines = (names) => names.map(([name, places]) => `  ${name}: ${places.join(', ')}\n`).join('');

if (process.argv.includes('--list')) process.stdout.write(lines(shared));
const refused = shared.filter(([name]) => !(name in ALLOWED));
const stale = Object.keys(ALLOWED).filter((name) => !shared.some(([other]) => other === name));
if (refused.length > 0)
  process.stderr.write(
    `These names are exported by more than one file. Rename until one name is one idea, or give the reason in infra/tooling/shared-names.mjs:\n${lines(refused)}`,
  );
if (stale.length > 0)
  process.stderr.write(
    `These names are shared no longer; take them out of infra/tooling/shared-names.mjs: ${stale.join(', ')}\n`,
  );
if (refused.length + stale.length > 0) process.exit(1);
