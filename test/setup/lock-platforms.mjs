/**
 * What a lock file must know about optional packages of other platforms.
 *
 * A registry that lacks a platform's package makes `npm install` leave it out of the lock, and `npm ci` then refuses
 * the lock on every machine. An entry with version, os and cpu is enough to make it pass.
 */
const OPERATING_SYSTEMS = ['aix', 'android', 'darwin', 'freebsd', 'linux', 'openharmony', 'sunos', 'win32'];
const PROCESSORS = ['arm', 'arm64', 'ia32', 'loong64', 'ppc64', 'riscv64', 's390x', 'x64'];
const C_LIBRARIES = new Map([
  ['gnu', 'glibc'],
  ['glibc', 'glibc'],
  ['musl', 'musl'],
]);

/** Every optional dependency of a locked package that has no entry: `{ parent, name, version }`. */
export function missingOptionalEntries(lock) {
  return Object.entries(lock.packages).flatMap(([parent, entry]) =>
    Object.entries(entry.optionalDependencies ?? {})
      .filter(([name]) => !resolvedPath(lock.packages, parent, name))
      .map(([name, version]) => ({ parent, name, version })),
  );
}

/** The lock entry of a platform package, read from the words of its name; throws when the name says no platform. */
export function platformEntry({ name, version }, isDevelopment) {
  const words = name.split(/[/-]/);
  const os = OPERATING_SYSTEMS.filter((system) => words.includes(system));
  const cpu = PROCESSORS.filter((processor) => words.includes(processor));
  if (os.length !== 1 || cpu.length !== 1 || !/^\d/.test(version)) {
    throw new Error(
      `${name}@${version} is missing from the lock and its name says no platform: add its entry by hand.`,
    );
  }
  const library = words.map((word) => C_LIBRARIES.get(word)).find(Boolean);
  return {
    version,
    cpu,
    ...(isDevelopment && { dev: true }),
    ...(library && { libc: [library] }),
    optional: true,
    os,
  };
}

/** Adds the missing platform entries; packages stay sorted as npm sorts them. Returns the names added. */
export function completeLock(lock) {
  const missing = missingOptionalEntries(lock);
  for (const { parent, name, version } of missing) {
    lock.packages[`node_modules/${name}`] = platformEntry({ name, version }, Boolean(lock.packages[parent].dev));
  }
  const paths = Object.keys(lock.packages).sort((a, b) => a.localeCompare(b, 'en'));
  lock.packages = Object.fromEntries(paths.map((path) => [path, lock.packages[path]]));
  return missing.map(({ name }) => name);
}

/** Where Node would find `name` from inside `parent`, nearest first; undefined when the lock has it nowhere. */
function resolvedPath(packages, parent, name) {
  const folders = parent.split('/node_modules/');
  for (let depth = folders.length; depth > 0; depth -= 1) {
    const path = `${folders.slice(0, depth).join('/node_modules/')}/node_modules/${name}`;
    if (packages[path]) return path;
  }
  const rootPath = `node_modules/${name}`;
  return packages[rootPath] ? rootPath : undefined;
}
