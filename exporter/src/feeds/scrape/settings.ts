/** One address to scrape, and which host it speaks for; `host` overrules what it says of itself. */
export type Target = { readonly url: string; readonly host: string | null };

/** Where targets come from: listed, from a file in Prometheus' file_sd form, or from DNS. */
export type TargetSource =
  | { readonly kind: 'static'; readonly targets: readonly Target[] }
  | { readonly kind: 'file'; readonly path: string }
  | {
      readonly kind: 'dns';
      readonly name: string;
      readonly record: 'A' | 'AAAA' | 'SRV';
      /** Of A and AAAA records; SRV records bring their own. */
      readonly port: number | null;
      readonly scheme: 'http' | 'https';
      readonly path: string;
    };

/** How to reach a target that wants TLS; files are read again at each scrape. */
export type TlsSettings = {
  readonly caFile: string | null;
  readonly certFile: string | null;
  readonly keyFile: string | null;
  readonly serverName: string | null;
  readonly insecureSkipVerify: boolean;
};

/** How a feed scrapes its targets; all durations in ms of real time at clock speed 1. */
export type ScrapeSettings = {
  readonly source: TargetSource;
  readonly intervalMs: number;
  /** Shorter than the interval. */
  readonly timeoutMs: number;
  /** Of the body after decompression. */
  readonly bodyLimitBytes: number;
  /** Samples a scrape may hold. */
  readonly sampleLimit: number;
  readonly tls: TlsSettings | null;
  readonly basicAuth: { readonly username: string; readonly passwordFile: string } | null;
  readonly bearerTokenFile: string | null;
};
