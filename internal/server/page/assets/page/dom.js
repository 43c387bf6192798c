// SPDX-License-Identifier: Apache-2.0

// Elements are built, never parsed from text: what the API answers stays text.

export const html = (name, attributes, ...children) => build(document.createElement(name), attributes, children);

export const svg = (name, attributes, ...children) =>
  build(document.createElementNS('http://www.w3.org/2000/svg', name), attributes, children);

function build(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (typeof value === 'function') node.addEventListener(name, value);
    else if (value === true) node.setAttribute(name, '');
    else if (value !== false && value !== undefined) node.setAttribute(name, value);
  }
  node.append(...children.flat(Infinity).filter((child) => child !== undefined && child !== false));
  return node;
}

// name is code that is broken behind its separators, where it does not fit into a line.
export const name = (text, kind) => html('code', {class: kind}, String(text).split(/(?<=[_/,])/).flatMap((part) => [part, document.createElement('wbr')]));

// table has the roles of a table in words, too: on a narrow screen its rows are blocks,
// and a browser takes what is shown as blocks for something else.
export function table(kind, caption, columns, rows) {
  return html('table', {role: 'table', class: kind},
    html('caption', {class: 'hidden'}, caption),
    html('thead', {role: 'rowgroup'}, html('tr', {role: 'row'}, columns.map((title) => html('th', {role: 'columnheader', scope: 'col'}, title)))),
    html('tbody', {role: 'rowgroup'}, rows.map((cells) => html('tr', {role: 'row'}, cells.map((cell, i) =>
      i === 0 ? html('th', {role: 'rowheader', scope: 'row'}, cell) : html('td', {role: 'cell', 'data-title': columns[i]}, cell))))));
}

// prose shows words between backticks as code.
export const prose = (text) => text.split('`').map((part, i) => (i % 2 ? html('code', {}, part) : part));

export const count = (number, one, many = one + 's') => `${number} ${number === 1 ? one : many}`;

// copyButton copies a text; where the browser does not let it, as over plain HTTP, it
// marks the text in source for the person to copy.
export function copyButton(text, source, label) {
  const button = html('button', {type: 'button', class: 'quiet', 'aria-label': `Copy ${label}`, click: copy}, 'Copy');
  async function copy() {
    try {
      await navigator.clipboard.writeText(text());
      button.textContent = 'Copied';
    } catch {
      getSelection().selectAllChildren(source());
      button.textContent = 'Marked';
    }
  }
  return button;
}
