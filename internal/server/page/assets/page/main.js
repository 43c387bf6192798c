// SPDX-License-Identifier: Apache-2.0

import * as api from './api.js';
import {bundleView} from './bundle.js';
import {choice} from './choice.js';
import {comparison} from './compare.js';
import {count, html} from './dom.js';
import {filesView} from './files.js';
import {findingsView} from './findings.js';
import {recipeView} from './recipe.js';
import {address, read} from './state.js';
import {takeView} from './take.js';

const views = {
  recipe: {title: 'Recipe', show: recipeView},
  findings: {title: 'Findings', show: findingsView},
  bundle: {title: 'Bundle', show: bundleView, ofBundle: true},
  files: {title: 'Files', show: filesView, ofBundle: true},
  compare: {title: 'Compare', argument: (query) => String(query)},
  take: {title: 'Export', show: takeView, ofBundle: true},
};

const at = (id) => document.getElementById(id);
const links = Object.entries(views).map(([view, {title}]) => html('a', {'data-view': view}, title));
let known; // the catalog and the parameters
let showChoice;
let shown = {}; // the last answer, its query, and what was wrong
let asking = new AbortController();

async function start() {
  try {
    const [catalog, parameters] = await Promise.all([api.catalog(), api.parameters()]);
    known = {catalog, parameters};
  } catch (problem) {
    showProblems([problem], start);
    say('');
    return;
  }
  at('catalog').textContent = `Catalog ${known.catalog.version}`;
  showChoice = choice(at('choice'), 'choice', known, (query) => go({...read(location.hash), query}));
  views.compare.show = comparison(known, go);
  at('views').replaceChildren(...links);
  addEventListener('hashchange', update);
  await update();
}

function go(state) {
  location.hash = address(state);
}

async function update() {
  const state = read(location.hash);
  const before = shown.state;
  asking.abort(); // nobody waits for it any more
  showLinks(state);
  showChoice(state.query, shown.query === String(state.query) ? details(shown) : []);
  if (shown.query !== String(state.query)) {
    const next = await answer(state.query);
    if (!next) return;
    shown = next;
  }
  shown.state = state;
  show(before);
}

const details = ({problems = []}) => problems.flatMap((problem) => problem.details);

// answer asks for everything about a query. It is undefined where a later question has
// taken the place of this one.
async function answer(query) {
  asking = new AbortController();
  const {signal} = asking;
  at('view').setAttribute('aria-busy', 'true');
  const result = {query: String(query), problems: [], ...known, rules: known.catalog.rules, findings: []};
  try {
    Object.assign(result, await api.recipe(query, signal));
    result.findings = result.recipe.findings ?? [];
    result.bundle = await api.bundle(result.text, signal);
    result.findings = [...result.findings, ...result.bundle.findings];
  } catch (problem) {
    if (problem.name === 'AbortError') return undefined;
    result.problems.push(problem);
  }
  return result;
}

function show(before) {
  const {state, problems} = shown;
  const {show: content, ofBundle} = views[state.view] ?? {};
  at('title').textContent = titleOf(state.query);
  document.title = `${titleOf(state.query)} · eidos`;
  showChoice(state.query, details(shown));
  say(summary());
  showProblems(content ? problems : [...problems, new api.Problem({message: `This page has no view "${state.view}".`})], () => {
    shown.query = undefined;
    return update();
  });
  const has = content && shown.recipe && (shown.bundle || !ofBundle);
  fill(at('view'), has ? [content(shown)].flat(Infinity).filter(Boolean) : []);
  at('view').setAttribute('aria-busy', 'false');
  if (before?.view === state.view && before.argument !== state.argument) at('view').querySelector('[data-focus]')?.focus();
}

function showLinks(state) {
  for (const link of links) {
    const {view} = link.dataset;
    link.href = address({...state, view, argument: views[view].argument?.(state.query) ?? ''});
    if (view === state.view) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
}

// fill leaves nodes that are there already where they are.
function fill(place, nodes) {
  if (nodes.length !== place.childNodes.length || nodes.some((node, i) => node !== place.childNodes[i])) place.replaceChildren(...nodes);
}

const titleOf = (query) => [...query].filter(([name]) => known.catalog.values[name]).map(([, value]) => value).join(' · ') || 'Any GPU node';

function summary() {
  if (!shown.recipe) return '';
  const {recipe, bundle} = shown;
  const origins = Object.values(recipe.provenance);
  const parts = [`${count(origins.length, 'value')} from ${count(new Set(origins.map(({layer}) => layer)).size, 'layer')}`];
  if (bundle) parts.push(count(bundle.components.length, 'component'), count(bundle.images.length, 'image'), shown.findings.length ? count(shown.findings.length, 'finding') : 'no findings');
  return parts.join(' · ');
}

function say(text) {
  at('summary').textContent = text;
}

// showProblems shows what the API refuses, in its words. retry asks again.
function showProblems(problems, retry) {
  at('problem').replaceChildren(...problems.map(({message, details: list, requestId, retryable}) => html('section', {class: 'problem'},
    html('h2', {}, message),
    mistakes(list),
    requestId && html('p', {class: 'help'}, `Request ${requestId}`),
    retryable && html('button', {type: 'button', click: retry}, 'Ask again'))));
}

// mistakes lists what the message sums up; a single one is the message already, but for
// the name of its rule.
function mistakes(list) {
  const lines = list.map(({field, rule, component, path, message}) => html('li', {},
    html('code', {}, [rule, component, path].filter(Boolean).join(' · ') || field), list.length > 1 && html('p', {}, message)));
  return (list.length > 1 || list[0]?.rule) && html('ul', {}, lines);
}

document.querySelector('.skip').addEventListener('click', (event) => {
  event.preventDefault(); // the address is the choice
  at('result').focus();
});

await start();
