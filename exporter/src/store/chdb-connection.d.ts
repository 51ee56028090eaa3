/** The part of the optional package chdb that the store uses; its own types are out of reach of Node10 resolution. */
declare module 'chdb/connection' {
  type Connection = NonNullable<Parameters<typeof import('@clickhouse/client').createClient>[0]>['connection'];

  /** Opens one in-process session on a data directory; throws when another process holds it. */
  export function createChdbConnection(options: { path: string }): NonNullable<Connection>;
}
