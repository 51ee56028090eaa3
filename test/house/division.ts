import ts from 'typescript';
import { nodesOf, placeOf } from './syntax';

const DIVISIONS = [ts.SyntaxKind.SlashToken, ts.SyntaxKind.SlashEqualsToken];

/** The place of every division of which one side is a bigint: it throws the remainder away without saying so. */
export function bigintDivisions(program: ts.Program, file: ts.SourceFile): string[] {
  const checker = program.getTypeChecker();
  return nodesOf(file)
    .filter(ts.isBinaryExpression)
    .filter(({ operatorToken }) => DIVISIONS.includes(operatorToken.kind))
    .filter(({ left, right }) => [left, right].some((side) => isBigint(checker.getTypeAtLocation(side))))
    .map(placeOf);
}

/** The type-checked program of these files, under the compiler options of the repository. */
export function programOf(root: string, files: readonly string[]): ts.Program {
  const { config } = ts.readConfigFile(`${root}/tsconfig.json`, ts.sys.readFile) as { config: object };
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  return ts.createProgram({ rootNames: files, options });
}

/** True for bigint, its literals, and a bigint with a brand. */
function isBigint(type: ts.Type): boolean {
  if (type.isUnionOrIntersection()) return type.types.some(isBigint);
  return (type.flags & ts.TypeFlags.BigIntLike) !== 0;
}
