// SPDX-License-Identifier: Apache-2.0

import {archive, recipePath} from './api.js';
import {copyButton, html} from './dom.js';
import {command, curl, terraform} from './snippet.js';
import {address} from './state.js';

export function takeView({state, text, parameters, bundle}) {
  const {query} = state;
  const link = new URL(address({view: 'recipe', argument: '', query}), location.href).href;
  return [
    html('h2', {}, 'Export'),
    html('div', {class: 'downloads'}, download(text, 'application/zip', 'Bundle as zip'), download(text, 'application/gzip', 'Bundle as tar.gz'),
      html('p', {class: 'help'}, `sha256 of the bundle: ${bundle.sha256}`)),
    snippet('Link', link, 'Opens this page with the same choice.'),
    snippet('curl', curl(location.href, recipePath(query)), 'Asks this server for the recipe and the bundle.'),
    snippet('eidos', command(query, parameters), 'Makes recipe and bundle without a server.'),
    snippet('Terraform', terraform(query, parameters), 'A configuration of its own, for Terraform and OpenTofu.'),
  ];
}

function snippet(name, content, about) {
  const id = `take-${name.toLowerCase()}`;
  const shown = html('pre', {class: 'text', id, tabindex: '0', 'aria-label': name}, content);
  return html('section', {class: 'snippet'},
    html('div', {class: 'heading'}, html('h3', {}, name), html('span', {class: 'found'}, about), copyButton(() => content, () => shown, name)), shown);
}

// download has the browser save what the API answers. The button says how it went.
function download(text, type, title) {
  const said = html('span', {role: 'status', class: 'mistake'});
  const button = html('button', {type: 'button', click: save}, title);
  async function save() {
    said.textContent = '';
    try {
      const {name, content} = await archive(text, type);
      const url = URL.createObjectURL(content);
      html('a', {href: url, download: name}).click();
      URL.revokeObjectURL(url);
    } catch (problem) {
      said.textContent = problem.message;
    }
  }
  return [button, said];
}
