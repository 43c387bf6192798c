// SPDX-License-Identifier: Apache-2.0

// The same request in other words. Names of flags and attributes are those that the
// API's description gives to each parameter.

// given lists the parameters that the query sets, with their values: a map's as
// entries, a list's one by one.
export function given(query, parameters) {
  return parameters.flatMap((parameter) => {
    const {name, schema} = parameter;
    if (schema.type === 'object') {
      const entries = [...query].filter(([key]) => key.startsWith(`${name}[`)).map(([key, value]) => [key.slice(name.length + 1, -1), value]);
      return entries.length > 0 ? [{parameter, entries}] : [];
    }
    if (!query.has(name)) return [];
    return [{parameter, value: query.get(name)}];
  });
}

// quote makes one word of a text, for a POSIX shell.
export const quote = (text) => (/^[\w./:@%+=,-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`);

export function curl(base, path) {
  return [
    `curl --fail-with-body --output recipe.json ${quote(new URL(path, base).href)}`,
    "curl --fail-with-body --output eidos-bundle.zip --header 'Content-Type: application/json' \\",
    `  --data-binary @recipe.json ${quote(new URL('v1/bundle', base).href)}`,
  ].join('\n');
}

export function command(query, parameters) {
  const flags = given(query, parameters).flatMap(({parameter, entries, value}) => {
    const {flag} = parameter['x-names'];
    if (entries) return entries.map(([key, one]) => `${flag} ${quote(`${key}=${one}`)}`);
    return parameter.schema.type === 'boolean' ? [`${flag}=${quote(value)}`] : [`${flag} ${quote(value)}`];
  });
  return `${['eidos recipe', ...flags, '--output recipe.yaml'].join(' \\\n  ')}\neidos bundle --recipe recipe.yaml --output bundle`;
}

export function terraform(query, parameters) {
  const stated = given(query, parameters);
  const single = stated.filter(({entries}) => !entries).map(({parameter, value}) => [parameter['x-names'].attribute, expression(parameter, value)]);
  const maps = stated.filter(({entries}) => entries).map(({parameter, entries}) =>
    `  ${parameter['x-names'].attribute} = {\n${aligned(entries.map(([key, value]) => [text(key), text(value)]), '    ')}\n  }`);
  const parts = [...single.length > 0 ? [aligned(single, '  ')] : [], ...maps];
  return `terraform {
  required_providers {
    eidos = {
      source = "cloud-native-stack/eidos"
    }
  }
}

data "eidos_recipe" "gpu" {${parts.length > 0 ? `\n${parts.join('\n\n')}\n` : ''}}

resource "eidos_bundle" "gpu" {
  recipe     = data.eidos_recipe.gpu.yaml
  output_dir = "bundle"
}`;
}

function aligned(pairs, indent) {
  const widest = Math.max(...pairs.map(([name]) => name.length));
  return pairs.map(([name, value]) => `${indent}${name.padEnd(widest)} = ${value}`).join('\n');
}

function expression({schema}, value) {
  if (schema.type === 'boolean') return value;
  if (schema.type === 'array') return `[${value.split(',').map((one) => text(one.trim())).join(', ')}]`;
  return text(value);
}

// text is a string of HCL, in which ${ and %{ would begin a template.
const text = (value) => `"${value.replace(/["\\]/g, '\\$&').replace(/[\0-\x1f]/g, escaped).replace(/[$%](?=\{)/g, '$&$&')}"`;

const escaped = (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
