/** HTML that is safe to send as it is. */
export type Html = { readonly html: string };

type Part = Html | string | number | null | readonly Html[];

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Writes HTML; every text put into it is escaped, and isolated from the direction of the text around it. */
export function html(texts: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return { html: texts.map((text, index) => text + (index < parts.length ? printed(parts[index]!) : '')).join('') };
}

const MAX_SHOWN = 60;

/** A name that people chose; direction marks in it do not reach beyond it, and a long one is cut. */
export function nameHtml(name: string): Html {
  const points = [...name];
  if (points.length <= MAX_SHOWN) return html`<bdi>${name}</bdi>`;
  return html`<bdi>${points.slice(0, MAX_SHOWN - 1).join('')}…</bdi>`;
}

/** A sentence that others wrote, whole. */
export function textHtml(text: string): Html {
  return html`<bdi>${text}</bdi>`;
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
