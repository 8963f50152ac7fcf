const entities = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

class Markup {
  constructor(text) {
    this.text = text;
  }
  toString() {
    return this.text;
  }
}

/**
 * Markup from a template: every value is escaped, unless it is markup itself; lists are joined; null, undefined and
 * false are nothing, so that `${condition && html`…`}` shows or leaves out.
 */
export const html = (strings, ...values) => new Markup(String.raw({ raw: strings }, ...values.map(render)));

function render(value) {
  if (Array.isArray(value)) return value.map(render).join('');
  if (value instanceof Markup) return value.text;
  if (value === false) return '';
  return String(value ?? '').replace(/[&<>"']/g, (character) => entities[character]);
}
