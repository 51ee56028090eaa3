import { isIPv4 } from 'node:net';
import type { Auth } from './authenticate';

/** Where a server listens. */
export type Listen = { readonly host: string; readonly port: number };

/** True for addresses that only this machine can reach. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIPv4(host) && host.startsWith('127.'));
}

/** `host:port`, an IPv6 host in brackets. */
export function listenText({ host, port }: Listen): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** Why this address may not be listened on, or null. Any address but loopback needs tokens or users. */
export function checkListen(listen: Listen, auth: Auth): string | null {
  if (isLoopback(listen.host) || auth.tokens.length > 0 || auth.users.length > 0) return null;
  return (
    `server.listen ${listenText(listen)} can be reached from other machines, but nobody ` +
    'has to log in there: set server.tokens_file, or basic_auth_users in server.web_config, or listen on 127.0.0.1.'
  );
}
