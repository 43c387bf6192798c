// SPDX-License-Identifier: Apache-2.0

import * as api from './api.js';
import {choice} from './choice.js';
import {count, html, table} from './dom.js';
import {values} from './recipe.js';
import {address} from './state.js';

// comparison makes the view that holds the recipe on show against a second one, whose
// query is the view's argument. Its nodes stay, so that the focus stays where it is.
export function comparison(known, go) {
  const form = html('form', {class: 'second', 'aria-label': 'Second choice', autocomplete: 'off'});
  const said = html('p', {class: 'found', role: 'status'});
  const wrong = html('p', {class: 'mistake', role: 'alert'});
  const differences = html('div');
  const swap = html('a', {class: 'swap'}, 'Swap both');
  let state;
  let asking = new AbortController();
  const showSecond = choice(form, 'second', known, (query) => go({...state, argument: String(query)}));
  const node = html('section', {class: 'compare'}, html('h2', {}, 'Compare'),
    html('p', {}, 'The first is the choice that this page shows. Choose the second here. ', swap), form,
    html('h2', {}, 'Values that differ'), said, wrong, differences);

  return function compareView(shown) {
    state = shown.state;
    const second = new URLSearchParams(state.argument);
    swap.href = address({...state, argument: String(state.query), query: second});
    showSecond(second, []);
    void update(shown.recipe, second);
    return node;
  };

  async function update(first, query) {
    asking.abort();
    asking = new AbortController();
    try {
      const {recipe: other} = await api.recipe(query, asking.signal);
      const rows = different(values(first), values(other));
      said.textContent = count(rows.length, 'value') + (rows.length === 1 ? ' differs' : ' differ');
      wrong.textContent = '';
      differences.replaceChildren(rows.length > 0 ? table('differences', 'Values that differ', ['Setting', 'First', 'Second'], rows) : '');
    } catch (problem) {
      if (problem.name === 'AbortError') return;
      showSecond(query, problem.details);
      said.textContent = '';
      wrong.textContent = problem.message;
      differences.replaceChildren();
    }
  }
}

// different has a row for each value that one has and the other has not, or otherwise.
function different(first, second) {
  const path = ({group, key}) => `${group}/${key}`;
  const [a, b] = [first, second].map((all) => new Map(all.map((value) => [path(value), value])));
  const all = [...new Set([...a.keys(), ...b.keys()])].sort();
  return all.filter((name) => a.get(name)?.value !== b.get(name)?.value)
    .map((name) => [html('code', {}, name), side(a.get(name)), side(b.get(name))]);
}

const side = (value) => (value ? [html('code', {class: 'value'}, value.value), ' ', html('span', {class: 'layer'}, value.layer)] : html('span', {class: 'empty'}, 'nothing'));
