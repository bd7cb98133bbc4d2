/** Fails when something that a public door exports has no documentation comment. */
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const doors = [
  'core/index.ts',
  'handlers/local/index.ts',
  'handlers/runpod/index.ts',
  'models/index.ts',
  'sdk/index.ts',
].map((door) => join(root, door));

const configFile = ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile);
const { options } = ts.parseJsonConfigFileContent(configFile.config, ts.sys, root);
const program = ts.createProgram(doors, options);
const checker = program.getTypeChecker();

const undocumented = doors.flatMap((door) => {
  const source = program.getSourceFile(door);
  const module = source && checker.getSymbolAtLocation(source);
  if (module === undefined) return [`${door}: has no exports`];
  return checker
    .getExportsOfModule(module)
    .map((symbol) => ({
      name: symbol.name,
      target: symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol,
    }))
    .filter(({ target }) => target.getDocumentationComment(checker).length === 0)
    .map(({ name, target }) => {
      const declaration = target.declarations?.[0];
      const where = declaration ? declaration.getSourceFile().fileName.slice(root.length + 1) : door;
      return `${where}: ${name}`;
    });
});

if (undocumented.length > 0) {
  process.stderr.write(
    `These exports have no documentation comment:\n${undocumented.map((line) => `  ${line}\n`).join('')}`,
  );
  process.exit(1);
}
