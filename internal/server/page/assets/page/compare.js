// SPDX-License-Identifier: Apache-2.0

import * as api from './api.js';
import {choice} from './choice.js';
import {count, html, name, table} from './dom.js';
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
    void update(state.query, second);
    return node;
  };

  async function update(first, query) {
    asking.abort();
    asking = new AbortController();
    const {signal} = asking;
    try {
      const [from, to] = await Promise.all([first, query].map((one) => api.recipe(withReasons(one), signal)));
      const {changes} = await api.difference(from.text, to.text, signal);
      said.textContent = count(changes.length, 'value differs', 'values differ');
      wrong.textContent = '';
      differences.replaceChildren(changes.length > 0 ? table('differences', 'Values that differ', ['Setting', 'First', 'Second', 'Why'], changes.map(row)) : '');
    } catch (problem) {
      if (problem.name === 'AbortError') return;
      showSecond(query, problem.details);
      said.textContent = '';
      wrong.textContent = problem.message;
      differences.replaceChildren();
    }
  }
}

// withReasons has the API keep the texts that say why.
function withReasons(query) {
  const asked = new URLSearchParams(query);
  asked.set('context', 'true');
  return asked;
}

const row = ({path, before, beforeLayer, after, afterLayer, reason}) => [name(path), side(before, beforeLayer), side(after, afterLayer), reason];

const side = (value, layer) => (value === undefined ? html('span', {class: 'empty'}, 'nothing')
  : [name(value, 'value'), ' ', name(layer ?? '', 'layer')]);
