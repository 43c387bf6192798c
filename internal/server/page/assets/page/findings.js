// SPDX-License-Identifier: Apache-2.0

import {html} from './dom.js';

export function findingsView({findings, rules}) {
  if (findings.length === 0) return [html('h2', {}, 'Findings'), html('p', {class: 'empty'}, 'Nothing is doubtful about this.')];
  return [html('h2', {}, 'Findings'), html('ul', {class: 'findings'}, findings.map(({rule, component, field, path, message}) => {
    const known = rules.find(({name}) => name === rule);
    const severity = known?.severity ?? 'warning';
    return html('li', {class: severity},
      html('h3', {}, html('span', {class: 'severity'}, severity), html('code', {}, rule)),
      html('p', {class: 'place'}, [component, field, path].filter(Boolean).join(': ')), html('p', {}, message),
      known && html('p', {class: 'help'}, known.summary));
  }))];
}
