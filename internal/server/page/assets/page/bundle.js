// SPDX-License-Identifier: Apache-2.0

import {copyButton, count, html, name, table} from './dom.js';
import {waves} from './picture.js';

export function bundleView({bundle}) {
  const {components, order, images} = bundle;
  const inOrder = order.map((wanted) => components.find((component) => component.name === wanted));
  const needs = inOrder.filter(({prerequisites}) => prerequisites.length > 0);
  const list = html('pre', {class: 'text', tabindex: '0', 'aria-label': 'Images'}, images.join('\n'));
  return [
    html('h2', {}, 'Order of installation'), waves(components, order),
    html('h2', {}, 'Components'),
    table('components', 'Components in the order of installation', ['Component', 'Release', 'Namespace', 'Chart', 'After'], inOrder.map((one) => [
      name(one.name), html('code', {class: 'value'}, one.version), html('code', {}, one.namespace),
      one.chart ? name([one.repository, one.chart].filter(Boolean).join(' ')) : 'none: only manifests', one.requires.filter((needed) => order.includes(needed)).join(', ') || 'nothing',
    ])),
    needs.length > 0 && [html('h2', {}, 'Before you install'), needs.map(({name: of, prerequisites}) => prerequisites.map(({title, text, command}) => html('section', {class: 'note'},
      html('h3', {}, `${of}: ${title}`), html('p', {}, text), command && html('pre', {class: 'text', tabindex: '0', 'aria-label': `Command for ${title}`}, command))))],
    html('div', {class: 'heading'}, html('h2', {}, 'Images'), html('span', {class: 'found'}, count(images.length, 'image')),
      copyButton(() => images.join('\n'), () => list, 'the images')),
    list,
  ];
}
