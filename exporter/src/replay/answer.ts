/** A request, as far as it decides an answer. `path` has no prefix and no query. */
export type Asked = { readonly path: string; readonly query: URLSearchParams };

/** An answer over HTTP. */
export type Answer = {
  readonly status: number;
  readonly headers: { readonly [name: string]: string };
  readonly body: string;
};

/** An answer that is one JSON value. */
export function jsonAnswer(status: number, value: unknown, headers: Answer['headers']): Answer {
  return { status, headers, body: JSON.stringify(value) };
}
