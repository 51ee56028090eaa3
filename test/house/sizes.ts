import ts from 'typescript';
import { nodesOf, placeOf } from './syntax';

/** Lines a function may have; markup of a React component may have more. */
export const FUNCTION_LINES = 60;
/** Lines a file may have, unless it is one of the named tables. */
export const FILE_LINES = 300;
/** Characters a line may have. */
export const LINE_CHARACTERS = 120;
/** Parameters before a function takes one object. */
export const PARAMETERS = 3;

/** Sentences about the functions of a file that are too long; a list of tests is not a function. */
export function longFunctions(file: ts.SourceFile): string[] {
  return functionsOf(file)
    .filter((node) => !isListOfTests(node))
    .map((node) => ({ node, lines: linesOf(node) }))
    .filter(({ lines }) => lines > FUNCTION_LINES)
    .map(({ node, lines }) => `${placeOf(node)} has ${lines} lines, at most ${FUNCTION_LINES}: name its steps`);
}

/**
 * Sentences about functions that a caller cannot read: more than three parameters, or a bare boolean beside others.
 * A parameter that only fills a place which somebody else's interface prescribes begins with `_` and does not count.
 */
export function unreadableParameters(file: ts.SourceFile): string[] {
  return functionsOf(file).flatMap((node) => {
    const parameters = node.parameters.filter((parameter) => !/^(this$|_)/.test(parameter.name.getText()));
    const isMany = parameters.length > PARAMETERS;
    const isBoolean = parameters.length > 1 && parameters.some(isBareBoolean) && !isAssertion(node);
    return [
      ...(isMany
        ? [`${placeOf(node)} takes ${parameters.length} parameters, at most ${PARAMETERS}: take one object`]
        : []),
      ...(isBoolean ? [`${placeOf(node)} takes a positional boolean: take an object, or split the function`] : []),
    ];
  });
}

/** Sentences about a file that is too long, and about its lines that are. */
export function longTexts(path: string, text: string): string[] {
  const lines = text.replace(/\n$/, '').split('\n');
  const wide = lines.flatMap((line, index) =>
    [...line].length > LINE_CHARACTERS ? [`${path}:${index + 1} has more than ${LINE_CHARACTERS} characters`] : [],
  );
  const isLong = lines.length > FILE_LINES;
  return [...(isLong ? [`${path} has ${lines.length} lines, at most ${FILE_LINES}: one noun a file`] : []), ...wide];
}

/** Every function of a file that has a body. */
export function functionsOf(file: ts.SourceFile): ts.FunctionLikeDeclaration[] {
  return nodesOf(file).filter(
    (node): node is ts.FunctionLikeDeclaration => ts.isFunctionLike(node) && 'body' in node && node.body !== undefined,
  );
}

function linesOf(node: ts.Node): number {
  const file = node.getSourceFile();
  const line = (position: number): number => file.getLineAndCharacterOfPosition(position).line;
  return line(node.getEnd()) - line(node.getStart(file)) + 1;
}

function isBareBoolean({ type }: ts.ParameterDeclaration): boolean {
  return type?.kind === ts.SyntaxKind.BooleanKeyword;
}

/** `assert(condition, message)`: the condition reads itself. */
function isAssertion({ type }: ts.FunctionLikeDeclaration): boolean {
  return type !== undefined && ts.isTypePredicateNode(type) && type.assertsModifier !== undefined;
}

/** The body of a `describe`, and a suite that is handed its backend: a function that opens `describe` itself. */
function isListOfTests(node: ts.FunctionLikeDeclaration): boolean {
  if (ts.isCallExpression(node.parent) && /^describe\b/.test(node.parent.expression.getText())) return true;
  const statements = node.body && ts.isBlock(node.body) ? node.body.statements : [];
  return statements.some((statement) => ts.isExpressionStatement(statement) && /^describe\b/.test(statement.getText()));
}
