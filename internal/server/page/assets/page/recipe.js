// SPDX-License-Identifier: Apache-2.0

import {count, html, name, table} from './dom.js';
import {layers} from './picture.js';

// values lists every value of a recipe, with where it is from.
function values({measurements, provenance}) {
  return measurements.flatMap(({type, subtypes}) => subtypes.flatMap(({subtype, data}) =>
    Object.entries(data).map(([key, value]) => ({
      type, group: `${type}/${subtype}`, key, value: String(value), ...provenance[`${type}/${subtype}/${key}`],
    }))));
}

const why = ({reason, replaced = []}) => [reason, replaced.map(({layer, value}) => html('p', {class: 'help'}, value === undefined
  ? ['removed by ', html('span', {class: 'layer'}, layer), ' before']
  : ['in place of ', html('code', {}, value), ' of ', html('span', {class: 'layer'}, layer)]))];

export function recipeView({recipe}) {
  const all = values(recipe);
  const groups = [...Map.groupBy(all, ({group}) => group)];
  const sections = groups.map(([group, rows]) => html('section', {class: 'group'}, html('h3', {}, group.replace('/', ' / ')), table('values', `Values of ${group}`, ['Setting', 'Value', 'Set by', 'Why'],
    rows.map((row) => [name(row.key), name(row.value, 'value'), name(row.layer, 'layer'), why(row)]))));
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
