import type { Instant } from '../../units/interval';

/** A file of a run: its text where it was wanted, and its modification time (floored to ms) where it was looked at. */
export type FileFacts = {
  /** Relative to the feed's root, for issues. */
  readonly path: string;
  readonly text: string | null;
  readonly modifiedAt: Instant | null;
  /** Why a wanted text is missing; null when nothing went wrong. */
  readonly fault: string | null;
};

/** The files of one task by name; those of its `_meta` folder are named `_meta/…`. */
export type TaskFiles = {
  readonly step: string;
  readonly task: string;
  readonly path: string;
  readonly files: ReadonlyMap<string, FileFacts>;
};

/** Folders by their path below the feed's root: modification time and size. */
export type FolderMarks = ReadonlyMap<string, string>;

/** Everything a run directory says, unparsed. Directory names are the identity; what the texts claim is not. */
export type RunFiles = {
  readonly flow: string;
  readonly run: string;
  readonly path: string;
  /** `_meta/_self.json`: tags and user; a tag edit rewrites it. Null when it is not there. */
  readonly self: FileFacts | null;
  readonly tasks: readonly TaskFiles[];
  /** Step, task and `_meta` folders as they were before they were listed. */
  readonly folders: FolderMarks;
  /** Folders that could not be listed. */
  readonly unreadable: readonly { readonly path: string; readonly reason: string }[];
};

/** The parts of `_meta/sysmeta_<field>_<ms>.json`, or null for another name. */
export function rowFileName(name: string): { field: string; at: Instant } | null {
  const match = /^_meta\/sysmeta_(.+)_(\d{1,15})\.json$/.exec(name);
  return match ? { field: match[1]!, at: Number(match[2]) } : null;
}

/** The attempt and suffix of `<attempt>.<suffix>`, or null for another name. */
export function attemptFileName(name: string): { attempt: number; suffix: string } | null {
  const match = /^(\d{1,4})\.([^/]+)$/.exec(name);
  return match ? { attempt: Number(match[1]), suffix: match[2]! } : null;
}
