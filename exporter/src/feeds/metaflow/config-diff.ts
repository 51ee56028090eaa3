import type { PlainValue, Variant } from '../../facts/run';
import { canonicalJson } from './canonical-json';
import { REDACTED } from './config-variant';

/** A place where two Configs differ (RFC 6901); a side on which the place does not exist is left out. */
export type ConfigChange = { readonly path: string; readonly before?: PlainValue; readonly after?: PlainValue };

/** What differs, and whether hidden values may differ as well; or why the two cannot be compared. */
export type ConfigDiff =
  { readonly changes: readonly ConfigChange[]; readonly hasHidden: boolean } | { readonly refused: string };

/** A run's variant and the Config values that are shown of it. */
export type ComparedConfig = { readonly variant: Variant | null; readonly config: PlainValue };

/** The differences from `before` to `after`, in document order; ids made by two methods are never compared. */
export function diffConfigs(before: ComparedConfig, after: ComparedConfig): ConfigDiff {
  const methods = [before.variant?.method ?? 'no Config', after.variant?.method ?? 'no Config'];
  if (methods[0] !== methods[1]) {
    return { refused: `The variants were identified in two ways (${methods.join(' and ')}) and cannot be compared.` };
  }
  const unread = [before, after].filter(({ config }) => config === null).length;
  if (unread > 0) return { refused: 'The Config values of at least one of the two could not be read.' };
  const changes: ConfigChange[] = [];
  collect('', { before: before.config, after: after.config }, changes);
  return { changes, hasHidden: holdsHidden(before.config) || holdsHidden(after.config) };
}

type Sides = { readonly before: PlainValue | undefined; readonly after: PlainValue | undefined };

function collect(path: string, { before, after }: Sides, changes: ConfigChange[]): void {
  if (before !== undefined && after !== undefined && canonicalJson(before) === canonicalJson(after)) return;
  const keys = before === undefined || after === undefined ? null : sharedShape(before, after);
  if (keys === null) {
    const side = (name: 'before' | 'after', value: PlainValue | undefined): object =>
      value === undefined ? {} : { [name]: value };
    changes.push({ path, ...side('before', before), ...side('after', after) });
    return;
  }
  for (const key of keys) {
    const place = `${path}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    collect(place, { before: itemOf(before!, key), after: itemOf(after!, key) }, changes);
  }
}

/** The keys of two dictionaries or two lists; null where the two are not of one kind. */
function sharedShape(before: PlainValue, after: PlainValue): string[] | null {
  if (typeof before !== 'object' || typeof after !== 'object' || before === null || after === null) return null;
  if (Array.isArray(before) !== Array.isArray(after)) return null;
  return [...new Set([...Object.keys(before), ...Object.keys(after)])];
}

function itemOf(container: PlainValue, key: string): PlainValue | undefined {
  return Object.hasOwn(container as object, key) ? (container as { [key: string]: PlainValue })[key] : undefined;
}

function holdsHidden(value: PlainValue): boolean {
  if (value === REDACTED) return true;
  return typeof value === 'object' && value !== null && Object.values(value).some(holdsHidden);
}
