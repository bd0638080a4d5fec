import { escapeMarkup } from '../escape-markup.ts';

/** A body as XML: members become elements, a list becomes its element once for each item. */
export function xml(root: string, body: unknown): string {
  return `<?xml version="1.0" encoding="UTF-8"?>${element(root, body)}`;
}

function element(name: string, value: unknown): string {
  if (Array.isArray(value)) return value.map((item) => element(name, item)).join('');
  return `<${name}>${content(value)}</${name}>`;
}

function content(value: unknown): string {
  if (typeof value !== 'object' || value === null) return escapeMarkup(String(value ?? ''));
  return Object.entries(value)
    .map(([name, member]) => element(name, member))
    .join('');
}
