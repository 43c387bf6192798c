// SPDX-License-Identifier: Apache-2.0

import {html} from './dom.js';
import {chips, flag, rows, text} from './field.js';
import {gapOf, named} from './offer.js';

// What stands first, in this order; the other parameters follow, folded away.
const first = ['service', 'gpu', 'os', 'intent', 'k8s', 'osv'];

// choice fills form with a field for each parameter of a recipe. change is called with
// the query that the person wants. It returns show, which puts a query into the fields,
// with the details of a problem, each at the field that it is about.
export function choice(form, id, {catalog, parameters}, change) {
  let shown = new URLSearchParams();
  const entries = {
    options: catalog.options,
    releases: catalog.components.map(({component, title, releases}) => ({name: component, about: title, values: releases.map(({version}) => version)})),
  };

  const suggestions = {k8s: catalog.kubernetes.map(({version}) => version).reverse()};

  function set(name, value) {
    const query = new URLSearchParams(shown);
    if (value) query.set(name, value);
    else query.delete(name);
    change(query);
  }

  function field(parameter) {
    const own = `${id}-${parameter.name}`;
    if (catalog.values[parameter.name]) {
      return chips(parameter, named(catalog, parameter.name), own, set, (query, value) => gapOf(catalog.gaps, query, parameter.name, value));
    }
    if (entries[parameter.name]) return rows(parameter, entries[parameter.name], own, set);
    if (parameter.schema.type === 'boolean') return flag(parameter, own, set);
    return text(parameter, suggestions[parameter.name] ?? [], own, set);
  }

  const isFirst = ({name}) => first.includes(name);
  const folds = ({name}) => name in entries;
  const all = new Map(parameters.map((parameter) => [parameter, field(parameter)]));
  const nodes = (of) => parameters.filter(of).map((parameter) => all.get(parameter).node);
  const others = html('ul', {class: 'others'});
  const more = html('details', {class: 'field'}, html('summary', {}, html('span', {class: 'title'}, 'more')),
    nodes((parameter) => !isFirst(parameter) && !folds(parameter)));
  form.replaceChildren(
    ...first.map((name) => parameters.find((parameter) => parameter.name === name)).filter(Boolean).map((parameter) => all.get(parameter).node),
    ...nodes(folds), more, others,
    html('button', {type: 'button', class: 'quiet', click: () => change(new URLSearchParams())}, 'Start over'));
  form.addEventListener('submit', (event) => event.preventDefault());

  return function show(query, details) {
    shown = query;
    const messages = (name) => details.filter((detail) => detail.field === name).map((detail) => detail.message);
    for (const one of all.values()) one.show(query, messages);
    more.open ||= parameters.some((parameter) => !isFirst(parameter) && !folds(parameter) && (query.has(parameter.name) || messages(parameter.name).length > 0));
    const unowned = [...query].filter(([name]) => ![...all.values()].some((one) => one.owns(name)));
    others.replaceChildren(...unowned.map(([name, value]) => html('li', {}, html('code', {}, `${name}=${value}`),
      html('button', {type: 'button', class: 'quiet', 'aria-label': `Leave out ${name}`, click: () => set(name, '')}, 'Leave out'))));
  };
}
