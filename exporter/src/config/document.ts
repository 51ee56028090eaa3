import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument, visit } from 'yaml';
import { type ConfigFault, type FieldPath, type Finding, printPath } from './fault';

/** Environment variables by name. */
export type Environment = { readonly [name: string]: string | undefined };

/** A configuration text, read: every scalar is its source text, so that a decimal is never a float. */
export type ConfigDocument = {
  /** Maps, lists and texts; null when the text could not be read. */
  readonly value: unknown;
  /** What is wrong with the text itself: syntax, double keys, unset environment variables. */
  readonly faults: readonly ConfigFault[];
  /** Adds file, line, column and value to a finding. */
  faultOf(finding: Finding): ConfigFault;
};

type Source = { readonly file: string | null; readonly document: Document.Parsed; readonly lines: LineCounter };

const VARIABLE = /\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g;
const LONGEST_VALUE = 80;

/** Reads one YAML document, with `${NAME}` in its values replaced from the environment. */
export function readDocument(text: string, { file, env }: { file: string | null; env: Environment }): ConfigDocument {
  const lines = new LineCounter();
  const document = parseDocument(text, { schema: 'failsafe', merge: true, lineCounter: lines, prettyErrors: false });
  const source: Source = { file, document, lines };
  const faultOf = (finding: Finding): ConfigFault => locate(finding, source);
  if (document.errors.length > 0) return { value: null, faults: syntaxFaults(source), faultOf };
  const faults = fillVariables(source, env);
  try {
    return { value: document.toJS({ maxAliasCount: 100 }) ?? {}, faults, faultOf };
  } catch (cause) {
    const finding = { path: [], reason: `cannot be read: ${(cause as Error).message}`, remedy: 'Use fewer aliases.' };
    return { value: null, faults: [...faults, faultOf(finding)], faultOf };
  }
}

function syntaxFaults({ file, document, lines }: Source): ConfigFault[] {
  return document.errors.map(({ pos, code, message }) => {
    const { line, col } = lines.linePos(pos[0]);
    const reason = `is not YAML: ${message.replace(/\.$/, '')} (${code})`;
    return { file, line, column: col, field: '(document)', value: null, reason, remedy: 'Correct the line.' };
  });
}

function fillVariables({ file, document, lines }: Source, env: Environment): ConfigFault[] {
  const faults: ConfigFault[] = [];
  visit(document, {
    Scalar(key, node) {
      if (key === 'key' || typeof node.value !== 'string') return;
      node.value = node.value.replace(VARIABLE, (written: string, name: string) => {
        const value = env[name];
        if (value !== undefined) return value;
        const { line, col } = lines.linePos(node.range![0]);
        const reason = `names the environment variable ${name}, which is not set`;
        faults.push({ file, line, column: col, field: written, value: null, reason, remedy: `Set ${name}.` });
        return written;
      });
    },
  });
  return faults;
}

function locate({ path, atKey, reason, remedy }: Finding, source: Source): ConfigFault {
  const { offset, keyOffset, value } = placeOf(path, source.document);
  const { line, col } = source.lines.linePos(atKey ? keyOffset : offset);
  return {
    file: source.file,
    line: Math.max(line, 1),
    column: Math.max(col, 1),
    field: printPath(path),
    value: atKey ? null : value,
    reason,
    remedy,
  };
}

/** The offset of the single value at a path, of its key where it is none, else of the nearest thing around it. */
function placeOf(path: FieldPath, document: Document.Parsed): Omit<Step, 'node'> & { readonly value: string | null } {
  const contents = document.contents as Node | null;
  const start = contents?.range?.[0] ?? 0;
  let step: Step = { node: contents, offset: start, keyOffset: start };
  for (const part of path) {
    const next = stepInto(step.node, part, document);
    if (!next) return { offset: step.offset, keyOffset: step.keyOffset, value: null };
    step = next;
  }
  const { node, offset, keyOffset } = step;
  return { offset, keyOffset, value: isScalar(node) ? shownText(node.source ?? String(node.value)) : null };
}

function stepInto(from: Node | null, part: string | number, document: Document.Parsed): Step | null {
  const node = isAlias(from) ? (from.resolve(document) ?? null) : from;
  if (isSeq(node)) {
    const item = node.items[Number(part)] as Node | undefined;
    return item ? { node: item, offset: item.range![0], keyOffset: item.range![0] } : null;
  }
  if (!isMap(node)) return null;
  const pair = node.items.find(({ key }) => isScalar(key) && key.value === part);
  if (!pair) return null;
  const value = pair.value as Node | null;
  const hasText = isScalar(value) && value.source !== '' && value.source !== undefined;
  const keyOffset = (pair.key as Node).range![0];
  return { node: value, offset: hasText ? value.range![0] : keyOffset, keyOffset };
}

type Step = { readonly node: Node | null; readonly offset: number; readonly keyOffset: number };

function shownText(text: string): string | null {
  if (text === '') return null;
  const masked = text.replace(/\/\/[^/@\s]*@/, '//…@').replace(/(:\/\/[^?#\s]*[?#]).+/, '$1…');
  return masked.length > LONGEST_VALUE ? `${masked.slice(0, LONGEST_VALUE)}…` : masked;
}
