/** What an address that leaves it out is given. */
export type AddressDefaults = { readonly scheme: string; readonly path: string };

/** Where a target is when nothing else is said. */
export const PLAIN_DEFAULTS: AddressDefaults = { scheme: 'http', path: '/metrics' };

/** The address of a target, or why it is none, in a sentence that repeats no password. */
export type TargetUrl = { readonly url: string } | { readonly problem: string };

const ADDRESS = /^(?:([a-z][a-z0-9+.-]*):\/\/)?([^/?#\s]*[^/?#\s:])(\/[^\s#]*)?$/i;

/** Completes `host:port`, `host:port/path` or a URL; only http and https without a user name are accepted. */
export function targetUrl(address: string, { scheme, path }: AddressDefaults = PLAIN_DEFAULTS): TargetUrl {
  if (address.includes('@')) {
    return { problem: `${shown(address)} carries a user name or a password: put it into basic_auth.password_file.` };
  }
  const [, ownScheme = scheme, authority = '', ownPath = path] = ADDRESS.exec(address) ?? [];
  if (!/^https?$/i.test(ownScheme)) return { problem: `${shown(address)} is reached by neither http nor https.` };
  const text = `${ownScheme}://${authority}${ownPath.startsWith('/') ? '' : '/'}${ownPath}`;
  if (authority === '' || !URL.canParse(text)) {
    return { problem: `${shown(address)} is not an address: write host:port or http(s)://host:port/path.` };
  }
  return { url: new URL(text).href };
}

/** The name of each target by its URL: `feed/host:port`, with the path where several share a port. */
export function nameTargets(feed: string, urls: readonly string[]): ReadonlyMap<string, string> {
  const places = urls.map((url) => ({ url, place: hostPort(url), path: new URL(url).pathname }));
  const sharers = new Map<string, number>();
  for (const { place } of places) sharers.set(place, (sharers.get(place) ?? 0) + 1);
  const names = new Map<string, string>();
  const taken = new Set<string>();
  for (const { url, place, path } of places) {
    const name = firstFree(`${feed}/${place}${sharers.get(place)! > 1 ? path : ''}`, taken);
    names.set(url, name);
    taken.add(name);
  }
  return names;
}

function firstFree(name: string, taken: ReadonlySet<string>): string {
  for (let index = 2, free = name; ; index++) {
    if (!taken.has(free)) return free;
    free = `${name}#${index}`;
  }
}

function hostPort(text: string): string {
  const url = new URL(text);
  return `${url.hostname}:${url.port || (url.protocol === 'https:' ? '443' : '80')}`;
}

/** Without what stands before an @ or after a ?: passwords stand there. */
function shown(address: string): string {
  const place = address.slice(address.lastIndexOf('@') + 1).split('?')[0]!;
  return JSON.stringify(place.slice(0, 100));
}
