// SPDX-License-Identifier: Apache-2.0

import {copyButton, html} from './dom.js';
import {address} from './state.js';

export function filesView({bundle, state}) {
  const {files} = bundle;
  const shown = files.find(({path}) => path === state.argument);
  const folder = ({path}) => (path.includes('/') ? path.slice(0, path.indexOf('/') + 1) : '');
  const list = html('nav', {class: 'files', 'aria-label': 'Files'}, [...Map.groupBy(files, folder)].map(([name, members]) => [
    html('h3', {}, name || 'At the top'),
    html('ul', {}, members.map(({path}) => html('li', {}, html('a', {
      href: address({...state, argument: path}), 'aria-current': path === shown?.path && 'true',
    }, path.slice(name.length))))),
  ]));
  return [html('h2', {}, 'Files'), html('div', {class: 'split'}, list, preview(shown, state.argument))];
}

function preview(file, asked) {
  if (!file) {
    return html('section', {class: 'preview empty', 'aria-label': 'Preview'},
      html('p', {}, asked ? `This bundle has no file ${asked}.` : 'Choose a file to read it here.'));
  }
  const content = html('pre', {class: 'text', tabindex: '0', 'aria-label': `Content of ${file.path}`}, file.content);
  return html('section', {class: 'preview', 'aria-labelledby': 'file'},
    html('div', {class: 'heading'}, html('h3', {id: 'file', tabindex: '-1', 'data-focus': true}, file.path), copyButton(() => file.content, () => content, file.path)),
    content,
    html('p', {class: 'help'}, `sha256 ${file.sha256}${file.executable ? ', executable' : ''}`));
}
