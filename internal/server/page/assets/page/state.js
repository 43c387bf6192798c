// SPDX-License-Identifier: Apache-2.0

// What is shown is in the address, behind the #: the view, what it is about, and the
// query of the recipe as the API takes it. So a link, a reload and the back button
// show the same, and the server's log has none of it.

export function read(hash) {
  const [, path, text] = /^#?\/?([^?]*)\??(.*)$/s.exec(hash);
  const [view, ...rest] = path.split('/');
  return {view: view || 'recipe', argument: decode(rest.join('/')), query: new URLSearchParams(text)};
}

function decode(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

export function address({view, argument, query}) {
  const path = argument ? `${view}/${encodeURIComponent(argument).replaceAll('%2F', '/')}` : view;
  return `#/${path}?${query}`;
}
