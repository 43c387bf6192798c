// SPDX-License-Identifier: Apache-2.0

// Problem is an answer that is not the one asked for, in the words of the API where it
// has some.
export class Problem extends Error {
  constructor({message, details = [], requestId, retryable = false}) {
    super(message);
    Object.assign(this, {details, requestId, retryable});
  }
}

async function ask(path, options = {}) {
  try {
    const response = await fetch(path, options);
    if (response.ok) return response;
    throw await problemOf(response);
  } catch (cause) {
    if (cause instanceof Problem || cause.name === 'AbortError') throw cause;
    throw new Problem({message: 'The server cannot be reached.', retryable: true});
  }
}

async function problemOf(response) {
  try {
    const body = await response.json();
    if (typeof body.message === 'string') return new Problem(body);
  } catch {
    // It is not from the API: a proxy answered.
  }
  return new Problem({message: `The answer was ${response.status} ${response.statusText}.`, retryable: true});
}

const json = async (response) => parse(await response.text(), new URL(response.url).pathname);

function parse(text, path) {
  try {
    return JSON.parse(text);
  } catch {
    throw new Problem({message: `The answer of ${path} is not JSON.`, retryable: true});
  }
}

const post = (body, accept, signal) => ({
  method: 'POST', body, signal, headers: {'Content-Type': 'application/json', Accept: accept},
});

export const catalog = async () => json(await ask('v1/catalog'));

// parameters are those of a recipe that a person may state, as the API describes them.
export async function parameters() {
  const {paths, components} = await json(await ask('openapi.json'));
  return paths['/v1/recipe'].get.parameters
    .map(({$ref}) => components.parameters[$ref.split('/').at(-1)])
    .filter((parameter) => parameter['x-names']);
}

export const recipePath = (query) => `v1/recipe?${query}`;

// recipe is the document with where its values are from, and its text, whose bytes are
// what a bundle is asked for with.
export async function recipe(query, signal) {
  const asked = new URLSearchParams(query);
  asked.set('provenance', 'true');
  const text = await (await ask(recipePath(asked), {signal})).text();
  return {text, recipe: parse(text, 'v1/recipe')};
}

export const bundle = async (text, signal) => json(await ask('v1/bundle', post(text, 'application/json', signal)));

// difference takes the texts of two recipes.
export const difference = async (from, to, signal) =>
  json(await ask('v1/diff', post(`{"from": ${from}, "to": ${to}}`, 'application/json', signal)));

export async function archive(text, type) {
  const response = await ask('v1/bundle', post(text, type));
  const [, name] = /filename="([^"]*)"/.exec(response.headers.get('Content-Disposition'));
  return {name, content: await response.blob()};
}
