import ts from 'typescript';
import { read } from './repository';

/** A file as a syntax tree, without types. */
export function parse(path: string): ts.SourceFile {
  return parseText(path, read(path));
}

/** A text as a syntax tree, without types; `path` says whether it is TypeScript or JavaScript. */
export function parseText(path: string, text: string): ts.SourceFile {
  return ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
}

/** Every node under `root`, itself included, in source order. */
export function nodesOf(root: ts.Node): ts.Node[] {
  const nodes: ts.Node[] = [root];
  ts.forEachChild(root, (child) => {
    nodes.push(...nodesOf(child));
  });
  return nodes;
}

/** `path:line` of a node, 1-based. */
export function placeOf(node: ts.Node): string {
  const file = node.getSourceFile();
  return `${file.fileName}:${file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1}`;
}

/** Every comment of a file with its line, 1-based. */
export function commentsOf(file: ts.SourceFile): { text: string; line: number }[] {
  const scanner = ts.createScanner(ts.ScriptTarget.Latest, false, ts.LanguageVariant.Standard, file.text);
  const comments: { text: string; line: number }[] = [];
  const kinds = [ts.SyntaxKind.SingleLineCommentTrivia, ts.SyntaxKind.MultiLineCommentTrivia];
  for (let token = scanner.scan(); token !== ts.SyntaxKind.EndOfFileToken; token = scanner.scan()) {
    if (!kinds.includes(token)) continue;
    const { line } = file.getLineAndCharacterOfPosition(scanner.getTokenStart());
    comments.push({ text: scanner.getTokenText(), line: line + 1 });
  }
  return comments;
}
