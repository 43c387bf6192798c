// SPDX-License-Identifier: Apache-2.0

// What can be chosen together, as the catalog's table of platforms has it.

const matches = {
  service: (platform, value) => platform.service === value,
  os: (platform, value) => platform.os.includes(value),
  gpu: (platform, value) => platform.gpus.some(({gpu}) => gpu === value),
};

const exists = (platforms, choice) =>
  platforms.length === 0 || platforms.some((platform) => choice.every(([field, value]) => matches[field](platform, value)));

// against lists the values of query that no platform offers together with value: the
// first that alone does not go with it, else all. It is empty where there is one.
export function against(platforms, query, field, value) {
  if (!matches[field]) return [];
  const others = Object.keys(matches).filter((name) => name !== field && query.get(name)).map((name) => [name, query.get(name)]);
  if (exists(platforms, [[field, value], ...others])) return [];
  const alone = others.find((other) => !exists(platforms, [[field, value], other]));
  return (alone ? [alone] : others).map(([, name]) => name);
}
