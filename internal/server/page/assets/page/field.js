// SPDX-License-Identifier: Apache-2.0

// A field is the control of a parameter: its node, and show, which puts the query into
// it, and what is wrong with it. set is called with a name and a value, "" for none.

import {count, html, prose} from './dom.js';
import {others} from './offer.js';

export const label = (parameter) => parameter['x-names'].attribute.replaceAll('_', ' ');

const nothing = ['', 'any'];

function blame(line, control, messages) {
  line.textContent = messages.join(' ');
  line.hidden = messages.length === 0;
  control.setAttribute('aria-invalid', messages.length > 0);
}

const mistake = (id) => html('p', {class: 'mistake', id: `${id}-mistake`, hidden: true});

// chips offers each value at once. gap says what speaks against a value, if anything.
export function chips(parameter, values, id, set, gap) {
  const {name} = parameter;
  const wrong = mistake(id);
  const reason = html('p', {class: 'reason', id: `${id}-reason`});
  const radio = (value) => html('input', {type: 'radio', name: id, value, 'aria-describedby': `${id}-mistake`, click: choose});
  const other = radio('');
  const otherText = html('span');
  const otherChip = html('label', {class: 'chip'}, other, otherText);
  const radios = ['', ...values].map(radio);
  const node = html('fieldset', {class: 'field', role: 'radiogroup'}, html('legend', {}, label(parameter)),
    html('div', {class: 'chips'}, radios.map((input) => html('label', {class: 'chip'}, input, html('span', {}, input.value || 'any'))), otherChip),
    reason, wrong);

  function choose(event) {
    const {value, title} = event.target;
    if (title === '') return set(name, value);
    event.preventDefault();
    reason.textContent = `${value}: ${title}.`;
  }

  function show(query, messages) {
    const stated = (query.get(name) ?? '').trim().toLowerCase();
    const known = nothing.includes(stated) || values.includes(stated);
    otherChip.hidden = known;
    other.checked = !known;
    other.value = otherText.textContent = stated;
    const reasons = new Map();
    for (const input of radios) {
      input.checked = known && input.value === (nothing.includes(stated) ? '' : stated);
      const against = input.value && gap(query, input.value);
      if (against) {
        const why = others(against, name).join(' and ');
        reasons.set(why, [...reasons.get(why) ?? [], input.value]);
      }
      input.title = against?.reason ?? '';
      input.setAttribute('aria-disabled', Boolean(against));
      input.setAttribute('aria-describedby', against ? `${id}-reason ${id}-mistake` : `${id}-mistake`);
    }
    reason.textContent = [...reasons].map(([why, excluded]) => `${why ? `Not with ${why}` : 'Without a recipe'}: ${excluded.join(', ')}.`).join(' ');
    blame(wrong, node, messages(name));
  }
  return {node, show, owns: (key) => key === name};
}

// text takes what is typed, and suggests values where there are some.
export function text(parameter, suggestions, id, set) {
  const {name} = parameter;
  const wrong = mistake(id);
  const input = html('input', {
    type: 'text', id, spellcheck: 'false', autocapitalize: 'off', list: suggestions.length > 0 && `${id}-list`,
    'aria-describedby': `${id}-help ${id}-mistake`, change: () => set(name, input.value.trim()),
  });
  const node = html('div', {class: 'field'}, html('label', {for: id, class: 'title'}, label(parameter)), input,
    suggestions.length > 0 && html('datalist', {id: `${id}-list`}, suggestions.map((value) => html('option', {value}))),
    html('p', {class: 'help', id: `${id}-help`}, prose(parameter.description)), wrong);

  function show(query, messages) {
    input.value = query.get(name) ?? '';
    blame(wrong, input, messages(name));
  }
  return {node, show, owns: (key) => key === name};
}

// flag is a parameter that is true or false.
export function flag(parameter, id, set) {
  const {name} = parameter;
  const wrong = mistake(id);
  const input = html('input', {type: 'checkbox', id, 'aria-describedby': `${id}-help ${id}-mistake`, change: () => set(name, input.checked ? 'true' : '')});
  const node = html('div', {class: 'field'}, html('label', {for: id, class: 'check'}, input, label(parameter)),
    html('p', {class: 'help', id: `${id}-help`}, prose(parameter.description)), wrong);

  function show(query, messages) {
    input.checked = query.get(name) === 'true';
    blame(wrong, input, messages(name));
  }
  return {node, show, owns: (key) => key === name};
}

// rows has a control for each key that a parameter such as options[mig] may have.
export function rows(parameter, entries, id, set) {
  const all = entries.map((entry) => row(parameter, entry, `${id}-${entry.name}`, set));
  const stated = html('span', {class: 'stated'});
  const find = html('input', {type: 'search', 'aria-label': `Find among ${label(parameter)}`, placeholder: 'Find', input: () => {
    for (const {node, words} of all) node.hidden = !words.includes(find.value.trim().toLowerCase());
  }});
  const node = html('details', {class: 'field'}, html('summary', {}, html('span', {class: 'title'}, label(parameter)), stated),
    html('p', {class: 'help'}, prose(parameter.description)), find, all.map((one) => one.node));

  function show(query, messages) {
    const given = all.filter(({key}) => query.has(key)).length;
    stated.textContent = given ? `${given} set` : count(all.length, 'choice');
    for (const one of all) one.show(query, messages);
    if (all.some(({key}) => messages(key).length > 0)) node.open = true;
  }
  return {node, show, owns: (key) => all.some((one) => one.key === key)};
}

function row(parameter, {name, values, about}, id, set) {
  const key = `${parameter.name}[${name}]`;
  const wrong = mistake(id);
  const attributes = {id, 'aria-describedby': `${id}-help ${id}-mistake`, change: () => set(key, input.value.trim())};
  const input = values
    ? html('select', attributes, html('option', {value: ''}, 'not set'), values.map((value) => html('option', {value}, value)))
    : html('input', {type: 'text', spellcheck: 'false', autocapitalize: 'off', ...attributes});
  const node = html('div', {class: 'row'}, html('label', {for: id}, html('code', {}, name)), input,
    html('p', {class: 'help', id: `${id}-help`}, about), wrong);

  function show(query, messages) {
    const value = query.get(key) ?? '';
    if (values && value && !values.includes(value) && input.lastChild.value !== value) input.append(html('option', {value}, value));
    input.value = value;
    blame(wrong, input, messages(key));
  }
  return {node, show, key, words: `${name} ${about}`.toLowerCase()};
}
