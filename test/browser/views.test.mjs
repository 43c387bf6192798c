// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import {test} from 'node:test';

import {ask, browsing, bundleOf, recipeOf, send, serving, shows, training, trainingTitle, valuesOf} from './helpers.mjs';

const server = serving();
const open = browsing();

const full = 'service=oke&os=ubuntu&gpu=h100&intent=training&k8s=1.34&options%5Bscheduler%5D=kueue&options%5Bmonitoring%5D=true';

test('every value of the recipe, and finding one', async (t) => {
  const page = await open(t, `${server.url}#/recipe?${training}`);
  await shows(page, trainingTitle);
  const values = await valuesOf(server, training);
  const {provenance, matchedRules} = await recipeOf(server, `${training}&provenance=true`);
  const replaced = ({layer, value}) => (value === undefined ? `removed by ${layer} before` : `in place of ${value} of ${layer}`);
  assert.deepEqual(await page.locator('.values tbody tr').evaluateAll((all) => all.map((row) => [...row.cells].map((cell) => cell.textContent))),
    values.map(({group, key, value}) => {
      const origin = provenance[`${group}/${key}`];
      return [key, value, origin.layer, (origin.reason ?? '') + (origin.replaced ?? []).map(replaced).join('')];
    }));

  // Each layer has a bar as long as its values are many.
  const layers = Object.values(provenance).map(({layer}) => layer);
  const names = [...new Set(['base', ...matchedRules, ...layers])];
  const picture = page.getByRole('img', {name: /^Layers: /});
  assert.deepEqual((await picture.locator('text:not(.number)').allTextContents()).sort(), names.sort());
  const widths = await picture.locator('rect:not(.track)').evaluateAll((all) => all.map((one) => one.getBoundingClientRect().width));
  const whole = await picture.locator('.track').first().evaluate((one) => one.getBoundingClientRect().width);
  const most = Math.max(...names.map((name) => layers.filter((layer) => layer === name).length));
  assert.equal(Math.round(widths.reduce((sum, width) => sum + width, 0) / whole * most), layers.length);
  await page.getByLabel('Find a value').fill('MOFED-driver');
  await page.locator('.tools').getByText('1 value', {exact: true}).waitFor();
  assert.deepEqual(await page.locator('.values tbody tr:visible th').allTextContents(), ['mofed-driver']);
  await page.getByLabel('Find a value').fill('');
  assert.equal(await page.locator('.values tbody tr:visible').count(), values.length);
});

test('components, their order, what to do before, and images', async (t) => {
  const page = await open(t, `${server.url}#/bundle?${full}`);
  await page.getByRole('heading', {level: 2, name: 'Components'}).waitFor();
  const {components, order, images} = await bundleOf(server, full);
  const version = (name) => components.find((component) => component.name === name).version;
  assert.deepEqual(await page.locator('.components tbody tr').evaluateAll((all) => all.map((row) => [...row.cells].slice(0, 2).map((cell) => cell.textContent))),
    order.map((name) => [name, version(name)]));
  const picture = page.getByRole('img', {name: /^Order of installation/});
  assert.deepEqual(await picture.locator('.strong').allTextContents(), order);
  const needed = components.flatMap(({requires}) => requires.filter((name) => order.includes(name)));
  assert.equal(await picture.locator('.arrow').count(), needed.length);
  assert.equal(await page.getByLabel('Images', {exact: true}).textContent(), images.join('\n'));
  for (const {name, prerequisites} of components) {
    for (const {title, text} of prerequisites) await page.getByRole('heading', {level: 3, name: `${name}: ${title}`}).locator('..').getByText(text).waitFor();
  }
});

test('files and their content, also by an address', async (t) => {
  const page = await open(t, `${server.url}#/files?${training}`);
  const {files} = await bundleOf(server, training);
  const list = page.getByRole('navigation', {name: 'Files'});
  await list.waitFor();
  assert.equal(await list.getByRole('link').count(), files.length);
  const wanted = files.find(({path}) => path === 'gpu-operator/values.yaml');
  await list.getByRole('link', {name: 'values.yaml'}).last().click();
  const heading = page.getByRole('heading', {level: 3, name: wanted.path});
  await heading.waitFor();
  assert.equal(await heading.evaluate((node) => node === document.activeElement), true);
  const content = page.getByLabel(`Content of ${wanted.path}`, {exact: true});
  assert.equal(await content.textContent(), wanted.content);
  await page.reload();
  assert.equal(await content.textContent(), wanted.content);
  await page.goto(`${server.url}#/files/nothing/here?${training}`);
  await page.getByText('This bundle has no file nothing/here.').waitFor();
});

const side = (value, layer) => (value === undefined ? 'nothing' : `${value} ${layer ?? ''}`);

test('two recipes next to each other', async (t) => {
  const page = await open(t, `${server.url}#/recipe?${training}`);
  await shows(page, trainingTitle);
  await page.getByRole('link', {name: 'Compare', exact: true}).click();
  await page.getByText('0 values differ').waitFor();
  const second = page.getByRole('form', {name: 'Second choice'});
  await second.getByRole('radio', {name: 'h200', exact: true}).click();
  const [from, to] = await Promise.all([training, training.replace('h100', 'h200')].map((query) => recipeOf(server, `${query}&context=true`)));
  const {changes: want} = await send(server, 'v1/diff', JSON.stringify({from, to}));
  assert.equal(want.some(({reason}) => reason), true);
  await page.getByText(`${want.length} values differ`).waitFor();
  assert.deepEqual(await page.locator('.differences tbody tr').evaluateAll((all) => all.map((row) => [...row.cells].map((cell) => cell.textContent))),
    want.map(({path, before, beforeLayer, after, afterLayer, reason}) => [path, side(before, beforeLayer), side(after, afterLayer), reason ?? '']));
  assert.equal(await second.getByRole('radio', {name: 'h200', exact: true}).evaluate((node) => node === document.activeElement), true);
  await page.reload();
  await page.getByText(`${want.length} values differ`).waitFor();
  await page.getByRole('link', {name: 'Swap both'}).click();
  await shows(page, trainingTitle.replace('h100', 'h200'));
  assert.equal(await second.getByRole('radio', {name: 'h100', exact: true}).isChecked(), true);
  assert.deepEqual(await page.locator('.differences tbody th').allTextContents(), want.map(({path}) => path));
});

test('what is doubtful', async (t) => {
  const page = await open(t, `${server.url}#/findings?${full.replace('&k8s=1.34', '')}`);
  await page.getByRole('heading', {level: 2, name: 'Findings'}).waitFor();
  const without = full.replace('&k8s=1.34', '');
  const findings = [...(await recipeOf(server, `${without}&provenance=true`)).findings, ...(await bundleOf(server, without)).findings];
  assert.equal(new Set(findings.map(({rule}) => rule)).size > 1, true);
  const {rules} = await ask(server, 'v1/catalog');
  for (const {rule, message} of findings) {
    const {severity} = rules.find(({name}) => name === rule);
    await page.locator('.findings li', {has: page.getByText(message, {exact: true})}).getByText(severity, {exact: true}).waitFor();
    await page.locator('.findings li', {has: page.getByText(rule, {exact: true})}).getByText(message, {exact: true}).waitFor();
  }
  await page.goto(`${server.url}#/findings?${training}`);
  await page.getByText('Nothing is doubtful about this.').waitFor();
});

test('a recipe that breaks a rule is shown, and why there is no bundle', async (t) => {
  const query = `${training}&options%5Bdeploy_ofed%5D=true`;
  const answer = await bundleOf(server, query);
  assert.equal(answer.code, 'UNPROCESSABLE');
  const page = await open(t, `${server.url}#/recipe?${query}`, {allow: /422 \(Unprocessable Entity\)/});
  await page.getByRole('alert').getByText(answer.message, {exact: true}).waitFor();
  await page.getByRole('alert').getByText(`${answer.details[0].rule} · ${answer.details[0].path}`, {exact: true}).waitFor();
  await page.getByRole('heading', {level: 2, name: 'Values'}).waitFor();
  assert.notEqual((await recipeOf(server, query)).measurements.length, 0);
});
