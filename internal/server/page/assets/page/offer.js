// SPDX-License-Identifier: Apache-2.0

// What cannot be chosen, as the gaps of the catalog have it: a query that states all of
// a gap's key has no recipe, for the gap's reason.

// gapOf returns the gap that a value runs into next to what the query states, if any.
export function gapOf(gaps, query, field, value) {
  const stated = (name) => (name === field ? value : (query.get(name) ?? '').trim().toLowerCase());
  return gaps.find(({key}) => field in key && Object.entries(key).every(([name, wanted]) => covers(wanted, stated(name))));
}

// A version in a key stands for all versions that begin with it.
const covers = (wanted, stated) => `${stated.replace(/^v(?=\d)/, '')}.`.startsWith(`${wanted}.`);

// others are what a gap's key states besides a field.
export const others = ({key}, field) => Object.entries(key).filter(([name]) => name !== field).map(([, value]) => value);

// named are the values of a field that the catalog knows, first those with recipes.
export const named = ({values, gaps}, field) => [...values[field], ...gaps.filter(({key}) => Object.keys(key).join() === field).map(({key}) => key[field])];
