/**
 * Every optional member of an options type that a public entry exports says in `@default`, with its unit, what holds
 * where it is left out.
 */
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
/** The sources of the entries in package.json's `exports`; others as arguments. */
const PUBLIC = [
  'sdk/index.ts',
  'sdk/webhook.ts',
  'sdk/formats.ts',
  'core/index.ts',
  'handlers/local/index.ts',
  'models/index.ts',
  'handlers/runpod/index.ts',
];
const entries = (process.argv.length > 2 ? process.argv.slice(2) : PUBLIC).map((file) => join(root, file));
const OPTIONS = /(Options|Limits|Settings)$/;

const config = ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile);
const { options } = ts.parseJsonConfigFileContent(config.config, ts.sys, root);
const program = ts.createProgram(entries, { ...options, noEmit: true });
const checker = program.getTypeChecker();

/** Types whose values some constant of the program completes: all members may be left out of a `Partial` of these. */
const completed = new Set();
for (const source of program.getSourceFiles()) {
  if (placeOf(source) === undefined) continue;
  for (const statement of source.statements.filter(ts.isVariableStatement))
    for (const { name, type } of statement.declarationList.declarations)
      if (type !== undefined && /^DEFAULT_/.test(name.getText()))
        completed.add(symbolOf(checker.getTypeFromTypeNode(type)));
}

const missing = new Map();
const seen = new Set();
for (const entry of entries) {
  const module = checker.getSymbolAtLocation(program.getSourceFile(entry));
  for (const exported of checker.getExportsOfModule(module)) {
    const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
    if (symbol.flags & (ts.SymbolFlags.TypeAlias | ts.SymbolFlags.Interface))
      checkType(checker.getDeclaredTypeOfSymbol(symbol), exported.name);
  }
}

/** Looks at the members of an options type, and at those of options inside it. */
function checkType(type, name) {
  if (!OPTIONS.test(name) || seen.has(type)) return;
  seen.add(type);
  const all = completed.has(symbolOf(type));
  for (const shape of type.isUnion() ? type.types : [type]) {
    for (const member of checker.getPropertiesOfType(shape)) {
      const declaration = member.declarations?.[0];
      const place = declaration && placeOf(declaration);
      if (place === undefined) continue;
      const isOptional = (member.flags & ts.SymbolFlags.Optional) !== 0;
      if ((all || isOptional) && !member.getJsDocTags(checker).some((tag) => tag.name === 'default'))
        missing.set(place, `${member.name} of ${name}`);
      for (const part of partsOf(checker.getTypeOfSymbol(member)))
        checkType(part, symbolOf(part)?.name ?? '');
    }
  }
}

/** The type without `undefined`; of `Partial<Options>` the options. */
function partsOf(type) {
  return (type.isUnion() ? type.types : [type]).flatMap((part) => [part, ...(part.aliasTypeArguments ?? [])]);
}

function symbolOf(type) {
  return type.aliasSymbol ?? type.symbol;
}

/** File and line inside this repository; undefined for what others declare. */
function placeOf(node) {
  const source = node.getSourceFile();
  const file = relative(root, source.fileName);
  if (file.startsWith('..') || file.includes('node_modules')) return undefined;
  return `${file}:${source.getLineAndCharacterOfPosition(node.getStart()).line + 1}`;
}

if (missing.size > 0) {
  const lines = [...missing].map(([place, what]) => `  ${place} ${what}\n`).sort();
  process.stderr.write(
    `These ${missing.size} members have no @default; say what holds without them, and in which unit:\n${lines.join('')}`,
  );
  process.exitCode = 1;
}
