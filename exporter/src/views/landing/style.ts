import { createHash } from 'node:crypto';

/** The landing page's one style sheet. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --ground: #f6f7f9; --card: #ffffff; --ink: #16202c; --soft: #556270; --line: #dde2e8; --accent: #0b6bcb;
  --good: #12714a; --good-ground: #e0f4ea; --bad: #b3261e;
  --bad-ground: #fde9e7; --warn: #7a4d00; --warn-ground: #fff1d6;
  --warn-line: #e9a825; --code: #eef1f4;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #0f141a; --card: #171e26; --ink: #e7ecf1; --soft: #9aa7b4; --line: #2a343f; --accent: #6cb6ff;
    --good: #63d6a0; --good-ground: #12302a; --bad: #ff8f86;
    --bad-ground: #3a1d1d; --warn: #ffd27a; --warn-ground: #35280f;
    --warn-line: #b27c12; --code: #10161c;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--ground); color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
}
main { max-width: 1160px; margin: 0 auto; padding: 28px 20px 48px; }
header { display: flex; flex-wrap: wrap; gap: 4px 20px; align-items: baseline; justify-content: space-between; }
h1 { margin: 0; font-size: 26px; letter-spacing: -0.02em; }
h2 { margin: 0; font-size: 16px; }
p { margin: 0; }
a { color: var(--accent); text-decoration: none; }
a:hover, a:focus-visible { text-decoration: underline; }
.soft { color: var(--soft); }
.small { font-size: 13px; }
.banner {
  margin-top: 20px; padding: 14px 18px; border: 2px solid var(--warn-line); border-radius: 10px;
  background: var(--warn-ground); color: var(--warn);
}
.banner strong { display: block; font-size: 17px; }
.banner p { white-space: pre-wrap; overflow-wrap: anywhere; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 14px; margin-top: 20px; }
.tile, .card { background: var(--card); border: 1px solid var(--line); border-radius: 10px; }
.tile { padding: 14px 18px; }
.tile b {
  display: block; font-size: 24px; font-weight: 650;
  letter-spacing: -0.01em; font-variant-numeric: tabular-nums;
}
.card { margin-top: 20px; overflow: hidden; }
.card > .head {
  display: flex; flex-wrap: wrap; gap: 2px 16px;
  justify-content: space-between; align-items: baseline; padding: 14px 18px;
}
.card > p.soft { padding: 0 18px 16px; }
.scroll { overflow-x: auto; }
table { width: 100%; border-collapse: collapse; }
th, td { padding: 9px 18px; text-align: start; border-top: 1px solid var(--line); vertical-align: top; }
th { font-size: 12px; font-weight: 600; color: var(--soft); white-space: nowrap; }
td.number, th.number { text-align: end; font-variant-numeric: tabular-nums; white-space: nowrap; }
td.name { overflow-wrap: anywhere; min-width: 130px; }
td time { white-space: nowrap; }
.badge {
  display: inline-block; padding: 1px 9px; border-radius: 999px;
  font-size: 13px; white-space: nowrap; background: var(--code);
}
.good { color: var(--good); background: var(--good-ground); }
.bad { color: var(--bad); background: var(--bad-ground); }
.warn { color: var(--warn); background: var(--warn-ground); }
.paste { padding: 14px 18px; border-top: 1px solid var(--line); }
pre {
  margin: 8px 0 0; padding: 12px 14px; overflow-x: auto; border-radius: 8px; background: var(--code);
  font: 13px/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace;
}
nav { display: flex; flex-wrap: wrap; gap: 8px 22px; padding: 0 18px 16px; }
footer { margin-top: 22px; }
@media (max-width: 720px) {
  main { padding: 20px 14px 36px; }
  th, td { padding: 8px 12px; }
  .wide { display: none; }
  .card > .head, .paste { padding-left: 12px; padding-right: 12px; }
  .card > p.soft, nav { padding-left: 12px; padding-right: 12px; }
  td.name { min-width: 100px; }
  td.number .badge { display: block; width: fit-content; margin: 2px 0 2px auto; }
  .tiles { gap: 10px; }
  .tile { padding: 12px 14px; }
  .tile b { font-size: 20px; }
}
`;

/** What the landing page may load: its one style sheet, and nothing else. */
export const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');
