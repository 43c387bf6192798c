// SPDX-License-Identifier: Apache-2.0

import {count, html, svg} from './dom.js';

// layers draws which layer set what: a bar for each, as long as the values that are in
// the recipe because of it. The overlays have the order in which they were applied.
export function layers({matchedRules = []}, values) {
  const types = [...new Set(values.map(({type}) => type))];
  const byLayer = Map.groupBy(values, ({layer}) => layer);
  const names = [...new Set(['base', ...matchedRules, ...byLayer.keys()])];
  const most = Math.max(...[...byLayer.values()].map((set) => set.length));
  const height = 44;
  const drawn = names.map((name, i) => {
    const set = byLayer.get(name) ?? [];
    let x = 0;
    const parts = types.map((type, kind) => {
      const width = (set.filter((value) => value.type === type).length / most) * 100;
      x += width;
      return width > 0 && svg('rect', {class: `kind-${kind}`, x: `${x - width}%`, y: i * height + 23, width: `${width}%`, height: 10});
    });
    return [
      svg('text', {x: 0, y: i * height + 15}, name),
      svg('text', {class: 'number', x: '100%', y: i * height + 15, 'text-anchor': 'end'}, count(set.length, 'value')),
      svg('rect', {class: 'track', x: 0, y: i * height + 23, width: '100%', height: 10}), parts,
    ];
  });
  return html('figure', {},
    svg('svg', {class: 'layers', role: 'img', width: '100%', height: names.length * height,
      'aria-label': `Layers: ${names.map((name) => `${name} sets ${count(byLayer.get(name)?.length ?? 0, 'value')}`).join(', ')}`}, drawn),
    html('figcaption', {}, 'The base, the overlays in the order in which they were applied, and what else set values. ', types.map((type, kind) => html('span', {class: `key kind-${kind}`}, type))));
}

const widest = 224;
const box = {height: 52, gap: 20, lane: 44};

// waves draws the order of installation: one wave after the other, and what each
// component waits for.
export function waves(components, order) {
  const inOrder = order.map((name) => components.find((component) => component.name === name));
  const place = html('div');
  const draw = (width) => width > 0 && place.replaceChildren(picture(inOrder, width)); // it is 0 once the view is gone
  draw(640);
  new ResizeObserver(() => draw(place.clientWidth)).observe(place);
  return html('figure', {}, place, html('figcaption', {}, 'A wave is installed when the one above it is up. An arrow leads from what has to be there to what needs it.'));
}

function picture(components, width) {
  const wide = Math.min(widest, width - 2 * box.gap);
  const places = new Map();
  const lanes = [];
  let y = 0;
  for (const [wave, members] of Map.groupBy(components, (component) => component.wave)) {
    const columns = Math.max(1, Math.floor((width - box.gap) / (wide + box.gap)));
    members.forEach(({name}, i) => places.set(name, {
      x: box.gap + (i % columns) * (wide + box.gap), y: y + box.lane + Math.floor(i / columns) * (box.height + box.gap),
    }));
    const height = box.lane + Math.ceil(members.length / columns) * (box.height + box.gap);
    lanes.push(svg('rect', {class: 'lane', x: 0.5, y: y + 0.5, width: width - 1, height: height - 1, rx: 8}),
      svg('text', {class: 'number', x: box.gap, y: y + 26}, `Wave ${wave}`));
    y += height + box.gap * 1.5;
  }
  const arrows = components.flatMap(({name, requires}) => requires.filter((needed) => places.has(needed)).map((needed) => arrow(places.get(needed), places.get(name), wide)));
  const boxes = components.map(({name, version}, i) => {
    const at = places.get(name);
    return svg('g', {}, svg('rect', {class: 'box', x: at.x, y: at.y, width: wide, height: box.height, rx: 6}),
      svg('text', {class: 'strong', x: at.x + 12, y: at.y + 22}, name),
      svg('text', {class: 'number', x: at.x + 12, y: at.y + 40}, version),
      svg('text', {class: 'number', x: at.x + wide - 12, y: at.y + 40, 'text-anchor': 'end'}, i + 1));
  });
  const said = components.map(({name, version, wave}, i) => `${i + 1}. ${name} ${version} in wave ${wave}`).join(', ');
  return svg('svg', {class: 'waves', role: 'img', width, height: y - box.gap * 1.5, 'aria-label': `Order of installation: ${said}`},
    svg('defs', {}, svg('marker', {id: 'head', viewBox: '0 0 8 8', refX: 7, refY: 4, markerWidth: 8, markerHeight: 8, orient: 'auto'}, svg('path', {class: 'head', d: 'M0 0 8 4 0 8z'}))),
    lanes, arrows, boxes);
}

// arrow leads around the boxes between its ends where they are in one column.
function arrow(from, to, wide) {
  if (from.x === to.x && to.y - from.y > box.height + box.lane + 2.5 * box.gap) {
    const [y1, y2] = [from.y + box.height / 2, to.y + box.height / 2];
    return svg('path', {class: 'arrow', d: `M${from.x} ${y1}C${from.x - box.gap} ${y1} ${from.x - box.gap} ${y2} ${to.x - 2} ${y2}`, 'marker-end': 'url(#head)'});
  }
  const [x1, y1, x2, y2] = [from.x + wide / 2, from.y + box.height, to.x + wide / 2, to.y - 2];
  const bend = Math.max(24, (y2 - y1) / 2);
  return svg('path', {class: 'arrow', d: `M${x1} ${y1}C${x1} ${y1 + bend} ${x2} ${y2 - bend} ${x2} ${y2}`, 'marker-end': 'url(#head)'});
}
