/** HTML that is safe to send as it is. */
export type Html = { readonly html: string };

type Part = Html | string | number | null | readonly Html[];

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Writes HTML; every text put into it is escaped, and isolated from the direction of the text around it. */
export function html(texts: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return { html: texts.map((text, index) => text + (index < parts.length ? printed(parts[index]!) : '')).join('') };
}

/** A name that people chose, cut at 120 characters; direction marks in it do not reach beyond it. */
export function nameHtml(name: string): Html {
  const points = [...name];
  const shown = points.length > 120 ? `${points.slice(0, 119).join('')}…` : name;
  return html`<bdi>${shown}</bdi>`;
}

function printed(part: Part): string {
  if (part === null) return '';
  if (typeof part === 'string' || typeof part === 'number') return escape(String(part));
  if ('html' in part) return part.html;
  return part.map((each) => each.html).join('');
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character]!);
}
