import { FeedError } from '../feed';

const CLOSED_EARLY = 'The target closed the connection before its answer was complete.';
const NO_NAME = "The target's name does not resolve.";
const NO_ROUTE = 'There is no route to the target.';

const BY_CODE: ReadonlyMap<string, string> = new Map([
  ['ECONNREFUSED', 'The target refuses the connection.'],
  ['ECONNRESET', CLOSED_EARLY],
  ['EPIPE', CLOSED_EARLY],
  ['ERR_STREAM_PREMATURE_CLOSE', CLOSED_EARLY],
  ['ENOTFOUND', NO_NAME],
  ['EAI_AGAIN', NO_NAME],
  ['EHOSTUNREACH', NO_ROUTE],
  ['ENETUNREACH', NO_ROUTE],
  ['ETIMEDOUT', 'The target does not accept the connection.'],
]);

const DISTRUST = /^(CERT_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|ERR_TLS_CERT_|HOSTNAME_MISMATCH)/;

/** A plain sentence on why a scrape failed. Of the system's words only its code is repeated, never an address. */
export function reasonOf(error: unknown): string {
  if (error instanceof FeedError) return error.message;
  const { code, message } = error as { code?: unknown; message?: unknown };
  if (typeof code !== 'string') return `The scrape failed: ${String(message ?? error)}`;
  const known = BY_CODE.get(code);
  if (known !== undefined) return known;
  if (DISTRUST.test(code)) {
    return `The target's certificate is not trusted (${code}): look at tls.ca_file and tls.server_name.`;
  }
  if (/^(ERR_SSL_|EPROTO)/.test(code)) return `TLS with the target failed (${code}).`;
  if (code.startsWith('Z_')) return 'The answer is damaged: its gzip data are cut short, or not what their end says.';
  if (code.startsWith('HPE_')) return `The answer is not valid HTTP (${code}).`;
  return `The scrape failed (${code}).`;
}

/** Why an answer of this status is none; null for 200. */
export function statusProblem(status: number): string | null {
  if (status === 200) return null;
  if (status >= 300 && status < 400) return `The target redirects (HTTP ${status}), which is not followed.`;
  if (status === 204) return 'The target answers without content (HTTP 204) instead of metrics.';
  if (status === 401 || status === 403) {
    return `The target refuses us (HTTP ${status}): look at basic_auth and bearer_token_file.`;
  }
  return `The target answers HTTP ${status} instead of metrics.`;
}

const TEXT_FORMS = new Set(['text/plain', 'application/openmetrics-text', 'application/octet-stream', '']);

/** Why a body holds no metrics in text form, by its type and its first character; null when it may. */
export function bodyProblem({ contentType, body }: { contentType: string | null; body: string }): string | null {
  const type = (contentType ?? '').split(';')[0]!.trim().toLowerCase();
  if (type === 'text/html' || /^\s*</.test(body)) return 'The target answers with a web page instead of metrics.';
  if (TEXT_FORMS.has(type)) return null;
  const named = /^[\w.+-]{1,60}\/[\w.+-]{1,60}$/.test(type) ? type : 'an unknown type';
  return `The target answers with ${named} instead of metrics in text form.`;
}

const HTTP_DATE = /^\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT$/;

/** The instant of a Date header, UTC ms on whole seconds; null when there is none that can be read. */
export function instantOfDate(header: string | undefined): number | null {
  const instant = header !== undefined && HTTP_DATE.test(header) ? Date.parse(header) : Number.NaN;
  return Number.isNaN(instant) ? null : instant;
}
