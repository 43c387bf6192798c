// SPDX-License-Identifier: Apache-2.0

import {copyButton, count, html, table} from './dom.js';
import {waves} from './picture.js';

export function bundleView({bundle}) {
  const {components, order, images} = bundle;
  const inOrder = order.map((name) => components.find((component) => component.name === name));
  const needs = inOrder.filter(({prerequisites}) => prerequisites.length > 0);
  const list = html('pre', {class: 'text', tabindex: '0', 'aria-label': 'Images'}, images.join('\n'));
  return [
    html('h2', {}, 'Order of installation'), waves(components, order),
    html('h2', {}, 'Components'),
    table('components', 'Components in the order of installation', ['Component', 'Release', 'Namespace', 'Chart', 'After'], inOrder.map((one) => [
      html('code', {}, one.name), html('code', {class: 'value'}, one.version), html('code', {}, one.namespace),
      one.chart ? html('code', {}, [one.repository, one.chart].filter(Boolean).join(' ')) : 'none: manifests alone', one.requires.filter((name) => order.includes(name)).join(', ') || 'nothing',
    ])),
    needs.length > 0 && [html('h2', {}, 'Before you install'), needs.map(({name, prerequisites}) => prerequisites.map(({title, text, command}) => html('section', {class: 'note'},
      html('h3', {}, `${name}: ${title}`), html('p', {}, text), command && html('pre', {class: 'text', tabindex: '0', 'aria-label': `Command for ${title}`}, command))))],
    html('div', {class: 'heading'}, html('h2', {}, 'Images'), html('span', {class: 'found'}, count(images.length, 'image')),
      copyButton(() => images.join('\n'), () => list, 'the images')),
    list,
  ];
}
