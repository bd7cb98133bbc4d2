/** Text of a declaration as its readers need it: without bodies, private members and what only the sources know. */
import ts from 'typescript';

const printer = ts.createPrinter({ removeComments: true });

/**
 * @param isExported tells whether the same page has a class of that name: what others inherit from it stands there
 * @returns TypeScript: signatures of a function, public members of a class, the whole of a type, the type of a value
 */
export function declarationOf(symbol, checker, name, isExported) {
  const declarations = symbol.declarations ?? [];
  const [first] = declarations;
  if (declarations.some(ts.isFunctionDeclaration)) return functionText(declarations, name, checker);
  if (ts.isClassDeclaration(first)) return classText(first, checker, isExported);
  if (ts.isTypeAliasDeclaration(first)) return aliasText(first, checker);
  if (ts.isInterfaceDeclaration(first)) return withoutExport(first);
  const type = checker.getTypeOfSymbolAtLocation(symbol, first);
  const flags = ts.TypeFormatFlags.NoTruncation | ts.TypeFormatFlags.UseAliasDefinedOutsideCurrentScope;
  return `const ${name}: ${checker.typeToString(type, first, flags)};`;
}

function functionText(declarations, name, checker) {
  const isOverloaded = declarations.length > 1;
  return declarations
    .filter((declaration) => !isOverloaded || declaration.body === undefined)
    .map((declaration) => `function ${name}${signatureText(declaration, checker)};`)
    .join('\n');
}

/** Parameters and result; what is destructured gets a name of its own. */
function signatureText(node, checker) {
  const typeParameters = node.typeParameters?.map((one) => one.getText()).join(', ');
  const parameters = node.parameters.map((parameter, index) => {
    const name = ts.isIdentifier(parameter.name) ? parameter.name.text : nameOf(parameter.type, index);
    const isOptional = parameter.initializer !== undefined || parameter.questionToken !== undefined;
    const type = parameter.type?.getText() ?? checker.typeToString(checker.getTypeAtLocation(parameter));
    return `${parameter.dotDotDotToken ? '...' : ''}${name}${isOptional ? '?' : ''}: ${type}`;
  });
  const generic = typeParameters === undefined ? '' : `<${typeParameters}>`;
  return `${generic}(${parameters.join(', ')})${node.type === undefined ? '' : `: ${node.type.getText()}`}`;
}

/** Destructured parameters are options in this code base, unless their type has a name that says more. */
function nameOf(type, index) {
  const text = type?.getText() ?? '';
  if (/Options\b/.test(text)) return 'options';
  if (/^[A-Z]\w+$/.test(text)) return text[0].toLowerCase() + text.slice(1);
  return index === 0 ? 'value' : `value${index + 1}`;
}

function classText(declaration, checker, isExported) {
  const base = baseOf(declaration, checker);
  const isBaseShown = base !== undefined && (!ts.isClassDeclaration(base) || isExported(base.name.text));
  const heritage = isBaseShown ? ` extends ${extendsClause(declaration).getText()}` : '';
  const generic = declaration.typeParameters?.map((one) => one.getText()).join(', ');
  const own = declaration.members.filter(isPublic);
  const inherited = base !== undefined && !isBaseShown ? base.members.filter(isPublic) : [];
  const taken = new Set(own.map((member) => member.name?.getText()));
  const members = [...own, ...inherited.filter((member) => !taken.has(member.name?.getText()))];
  const head = `class ${declaration.name.text}${generic === undefined ? '' : `<${generic}>`}${heritage}`;
  const lines = members.map((member) => memberText(member, checker)).filter(Boolean);
  return `${head} {\n${lines.join('\n')}\n}`;
}

const extendsClause = (declaration) =>
  declaration.heritageClauses?.find(({ token }) => token === ts.SyntaxKind.ExtendsKeyword)?.types[0];

/** The class that another inherits from; what is no class of ours is `Error` and its like. */
function baseOf(declaration, checker) {
  const base = extendsClause(declaration);
  return base && checker.getTypeAtLocation(base).symbol.declarations?.[0];
}

function isPublic(member) {
  const hidden = ts.ModifierFlags.Private | ts.ModifierFlags.Protected;
  if ((ts.getCombinedModifierFlags(member) & hidden) !== 0) return false;
  return !(member.name && ts.isPrivateIdentifier(member.name)) && !ts.isClassStaticBlockDeclaration(member);
}

function memberText(member, checker) {
  const modifiers = (ts.getModifiers(member) ?? [])
    .filter(({ kind }) => kind === ts.SyntaxKind.StaticKeyword || kind === ts.SyntaxKind.ReadonlyKeyword)
    .map((modifier) => `${modifier.getText()} `)
    .join('');
  const comment = commentText(member);
  if (ts.isConstructorDeclaration(member)) return `${comment}constructor${signatureText(member, checker)};`;
  const name = member.name.getText();
  if (ts.isMethodDeclaration(member))
    return `${comment}${modifiers}${name}${signatureText(member, checker)};`;
  if (ts.isSetAccessor(member)) return '';
  const type = member.type?.getText() ?? checker.typeToString(checker.getTypeAtLocation(member));
  const isReadonly = ts.isGetAccessor(member) ? 'readonly ' : '';
  return `${comment}${modifiers}${isReadonly}${name}: ${type};`;
}

function commentText(node) {
  const comment = ts.getJSDocCommentsAndTags(node).find(ts.isJSDoc);
  return comment === undefined ? '' : `${comment.getText()}\n`;
}

/** Types of the wire are named parts of the generated OpenAPI types: their own text says what is in them. */
function aliasText(declaration, checker) {
  const { type } = declaration;
  const generic = declaration.typeParameters?.map((one) => one.getText()).join(', ');
  const head = `type ${declaration.name.text}${generic === undefined ? '' : `<${generic}>`}`;
  if (ts.isIndexedAccessTypeNode(type) && ts.isLiteralTypeNode(type.indexType)) {
    const owner = checker.getTypeFromTypeNode(type.objectType);
    const property = checker.getPropertyOfType(owner, type.indexType.literal.text)?.declarations?.[0];
    if (property?.type !== undefined) return `${head} = ${named(property.type.getText())};`;
  }
  return `${head} = ${named(type.getText())};`;
}

const named = (text) => text.replaceAll(/components\[.schemas.\]\[.(\w+).\]/g, '$1');

function withoutExport(declaration) {
  return printer
    .printNode(ts.EmitHint.Unspecified, declaration, declaration.getSourceFile())
    .replace(/^export /, '');
}
