import { isLoopback, type Listen } from './listen';

const LOCAL_NAMES = ['localhost', '127.0.0.1', '[::1]'];

/**
 * Which Host headers are answered: on loopback only the machine's own names, because a web page elsewhere can make a
 * browser send requests here under a name of its own (DNS rebinding); on other addresses every one.
 */
export function hostGuard({ host: listenHost }: Listen): (host: string | undefined) => boolean {
  if (!isLoopback(listenHost)) return () => true;
  const names = new Set([...LOCAL_NAMES, listenHost]);
  return (host) => host !== undefined && names.has(host.toLowerCase().replace(/:\d{1,5}$/, ''));
}
