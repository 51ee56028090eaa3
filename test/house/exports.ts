import ts from 'typescript';
import { placeOf } from './syntax';

/** `path:line name` of every exported symbol of a file that has no docstring. */
export function undocumentedExports(file: ts.SourceFile): string[] {
  return file.statements
    .filter(isExported)
    .filter((statement) => !hasDocstring(statement) && !isOverload(statement) && !isTypeOfItsNeighbor(statement))
    .map((statement) => `${placeOf(statement)} ${nameOf(statement)}`);
}

function isExported(statement: ts.Statement): boolean {
  return ts.canHaveModifiers(statement) && Boolean(ts.getModifiers(statement)?.some(isExportKeyword));
}

function isExportKeyword({ kind }: ts.Modifier): boolean {
  return kind === ts.SyntaxKind.ExportKeyword;
}

function hasDocstring(statement: ts.Statement): boolean {
  return ts
    .getJSDocCommentsAndTags(statement)
    .some((node) => ts.isJSDoc(node) && ts.getTextOfJSDocComment(node.comment));
}

/** The sentence stands above the first signature of an overloaded function. */
function isOverload(statement: ts.Statement): boolean {
  if (!ts.isFunctionDeclaration(statement)) return false;
  const { statements } = statement.getSourceFile();
  const before = statements[statements.indexOf(statement) - 1];
  return before !== undefined && ts.isFunctionDeclaration(before) && before.name?.text === statement.name?.text;
}

/** `export type Run = z.infer<typeof run>`: the sentence stands above the value that it is the type of. */
function isTypeOfItsNeighbor(statement: ts.Statement): boolean {
  return ts.isTypeAliasDeclaration(statement) && /\btypeof \w/.test(statement.type.getText());
}

function nameOf(statement: ts.Statement): string {
  if (ts.isVariableStatement(statement)) return statement.declarationList.declarations[0]?.name.getText() ?? '';
  return 'name' in statement ? (statement.name as ts.Identifier).text : '';
}
