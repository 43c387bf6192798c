// SPDX-License-Identifier: Apache-2.0

import {count, html, table} from './dom.js';
import {layers} from './picture.js';

// values lists every value of a recipe, with the layer that set it and why.
export function values({measurements}, provenance) {
  return measurements.flatMap(({type, subtypes}) => subtypes.flatMap(({subtype, data, context = {}}) =>
    Object.entries(data).map(([key, value]) => ({
      type, group: `${type}/${subtype}`, key, value: String(value), layer: provenance[`${type}/${subtype}/${key}`] ?? '', why: context[key] ?? '',
    }))));
}

export function recipeView({recipe, provenance}) {
  const all = values(recipe, provenance);
  const groups = [...Map.groupBy(all, ({group}) => group)];
  const sections = groups.map(([group, rows]) => html('section', {class: 'group'}, html('h3', {}, group.replace('/', ' / ')), table('values', `Values of ${group}`, ['Setting', 'Value', 'Set by', 'Why'],
    rows.map(({key, value, layer, why}) => [html('code', {}, key), html('code', {class: 'value'}, value), html('span', {class: 'layer'}, layer), why]))));
  const found = html('span', {class: 'found', role: 'status'});
  const find = html('input', {type: 'search', id: 'find', input: filter});
  function filter() {
    const wanted = find.value.trim().toLowerCase();
    let matching = 0;
    for (const section of sections) {
      const rows = [...section.querySelectorAll('tbody tr')];
      for (const row of rows) row.hidden = !`${section.firstChild.textContent} ${row.textContent}`.toLowerCase().includes(wanted);
      const left = rows.filter((row) => !row.hidden).length;
      section.hidden = left === 0;
      matching += left;
    }
    found.textContent = wanted ? count(matching, 'value') : '';
  }
  return [
    html('h2', {}, 'Layers'), layers(recipe, all),
    html('h2', {}, 'Values'),
    html('p', {class: 'tools'}, html('label', {for: 'find'}, 'Find a value, a layer or a reason'), find, found),
    sections,
  ];
}
