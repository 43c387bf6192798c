// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import {once} from 'node:events';
import {createServer, request as forward} from 'node:http';
import {fileURLToPath} from 'node:url';
import {test} from 'node:test';

import {ask, browsing, serving, shows, training, trainingTitle} from './helpers.mjs';

const server = serving();
const own = serving({flags: ['--catalog', fileURLToPath(new URL('testdata/catalog.yaml', import.meta.url))]});
const open = browsing();

const queryOf = (page) => new URLSearchParams(new URL(page.url()).hash.split('?')[1]);

test('the first visit shows what holds on any GPU node', async (t) => {
  const page = await open(t, server.url);
  await shows(page, 'Any GPU node');
  const {version, values, gaps, kubernetes} = await ask(server, 'v1/catalog');
  assert.equal(await page.locator('#catalog').textContent(), `Catalog ${version}`);
  for (const [field, offered] of Object.entries(values)) {
    const chips = page.locator(`input[name="choice-${field}"]`);
    const without = gaps.filter(({key}) => Object.keys(key).join() === field).map(({key}) => key[field]);
    assert.deepEqual(await chips.evaluateAll((all) => all.map((one) => one.value).filter(Boolean)), [...offered, ...without]);
  }
  assert.deepEqual((await page.locator('#choice-k8s-list option').evaluateAll((all) => all.map((one) => one.value))).sort(), kubernetes.map((one) => one.version).sort());
});

test('a choice gives a recipe and its bundle, and the address holds it', async (t) => {
  const page = await open(t, server.url);
  for (const [field, value] of [['service', 'eks'], ['gpu', 'h100'], ['os', 'ubuntu'], ['intent', 'training']]) {
    await page.getByRole('radiogroup', {name: field, exact: true}).getByRole('radio', {name: value, exact: true}).click();
    await page.getByRole('heading', {level: 1, name: value}).waitFor();
  }
  await page.getByLabel('kubernetes version').fill('1.34');
  await page.getByLabel('kubernetes version').press('Enter');
  await page.waitForURL(/k8s=1\.34/);
  assert.deepEqual(Object.fromEntries(queryOf(page)), Object.fromEntries(new URLSearchParams(training)));

  const recipe = await ask(server, `v1/recipe?${queryOf(page)}`);
  const image = recipe.measurements.find(({type}) => type === 'K8s').subtypes.find(({subtype}) => subtype === 'image').data;
  const row = page.getByRole('table', {name: 'Values of K8s/image'}).getByRole('row', {name: 'gpu-operator', exact: false}).first();
  assert.match(await row.textContent(), new RegExp(image['gpu-operator']));
  await page.getByRole('link', {name: 'Bundle', exact: true}).click();
  await page.getByRole('table', {name: 'Components'}).getByRole('row', {name: `gpu-operator ${image['gpu-operator']}`}).waitFor();
});

test('a reload shows the same, and the back button what was before', async (t) => {
  const page = await open(t, `${server.url}#/bundle?${training}`);
  await shows(page, trainingTitle);
  const content = () => page.locator('main').innerText();
  const before = await content();
  await page.reload();
  await shows(page, trainingTitle);
  assert.equal(await content(), before);

  await page.getByRole('radiogroup', {name: 'gpu'}).getByRole('radio', {name: 'h200', exact: true}).click();
  await shows(page, 'eks · ubuntu · h200 · training');
  await page.getByRole('link', {name: 'Files', exact: true}).click();
  await page.getByRole('heading', {level: 2, name: 'Files'}).waitFor();
  await page.goBack();
  await page.getByRole('table', {name: 'Components'}).waitFor();
  await page.goBack();
  await shows(page, trainingTitle);
  assert.equal(await content(), before);
  await page.goForward();
  await shows(page, 'eks · ubuntu · h200 · training');
});

test('what cannot be chosen is grayed out, with the reason', async (t) => {
  const {gaps} = await ask(server, 'v1/catalog');
  const missing = gaps.filter(({key: {service, gpu}}) => service === 'eks' && gpu);
  const page = await open(t, `${server.url}#/recipe?service=eks`);
  await shows(page, 'eks');
  const group = page.getByRole('radiogroup', {name: 'gpu', exact: true});
  const disabled = group.locator('input[aria-disabled="true"]');
  assert.deepEqual(await disabled.evaluateAll((all) => all.map(({value, title}) => [value, title])), missing.map(({key: {gpu}, reason}) => [gpu, reason]));
  const line = `Not with eks: ${missing.map(({key: {gpu}}) => gpu).join(', ')}.`;
  await group.getByText(line, {exact: true}).waitFor();
  const described = await disabled.evaluateAll((all) => all.map((one) => one.getAttribute('aria-describedby').split(' ').map((id) => document.getElementById(id).textContent).join('')));
  assert.deepEqual(described, missing.map(() => line));

  await disabled.first().click({force: true});
  await group.getByText(`${missing[0].key.gpu}: ${missing[0].reason}.`, {exact: true}).waitFor();
  assert.equal(await disabled.first().isChecked(), false);
  assert.equal(queryOf(page).has('gpu'), false);
});

test('what is grayed out depends on all that is chosen', async (t) => {
  const {gaps} = await ask(server, 'v1/catalog');
  const page = await open(t, server.url, {allow: /400 \(Bad Request\)/}); // no Kubernetes has that many minor versions
  const state = (field, value) => page.getByRole('radiogroup', {name: field, exact: true}).getByRole('radio', {name: value, exact: true}).getAttribute('aria-disabled');
  for (const {key: {service, gpu}} of gaps.filter(({key}) => Object.keys(key).sort().join() === 'gpu,service')) {
    await page.goto(`${server.url}#/recipe?gpu=${gpu}`);
    await shows(page, gpu);
    assert.equal(await state('service', service), 'true', `${service} next to ${gpu}`);
  }
  const {key: {k8s, gpu}} = gaps.find(({key}) => Object.keys(key).sort().join() === 'gpu,k8s');
  for (const version of [k8s, `${k8s}.4`, `v${k8s}.4-eks-3025e55`]) {
    await page.goto(`${server.url}#/recipe?k8s=${version}`);
    await page.locator('#view[aria-busy="false"]').waitFor();
    await page.waitForFunction((text) => document.getElementById('choice-k8s').value === text, version);
    assert.equal(await state('gpu', gpu), 'true', `${gpu} next to ${version}`);
  }
  await page.goto(`${server.url}#/recipe?k8s=${k8s}0`);
  await page.waitForFunction((text) => document.getElementById('choice-k8s').value === text, `${k8s}0`);
  assert.equal(await state('gpu', gpu), 'false');
});

test('options, releases and what is folded away', async (t) => {
  const page = await open(t, `${server.url}#/recipe?${training}`);
  await page.locator('summary', {hasText: 'options'}).click();
  const options = page.locator('details', {has: page.locator('summary', {hasText: 'options'})});
  await options.getByRole('searchbox').fill('mig_str');
  assert.equal(await options.locator('.row:visible').count(), 1);
  await options.getByLabel('mig_strategy').selectOption('mixed');
  await page.waitForURL(/options%5Bmig_strategy%5D=mixed/);
  await page.getByRole('table', {name: 'Values of K8s/config'}).getByRole('row', {name: 'mig_strategy mixed argument'}).waitFor();
  await options.getByText('1 set').waitFor();

  const {components} = await ask(server, 'v1/catalog');
  const older = components.find(({component}) => component === 'gpu-operator').releases.at(-2).version;
  await page.locator('summary', {hasText: 'releases'}).click();
  await page.getByLabel('gpu-operator', {exact: true}).selectOption(older);
  await page.getByRole('table', {name: 'Values of K8s/image'}).getByRole('row', {name: `gpu-operator ${older} argument`}).waitFor();

  await page.locator('summary', {hasText: 'more'}).click();
  await page.getByLabel('context', {exact: true}).check();
  await page.waitForURL(/context=true/);
  await page.getByRole('button', {name: 'Start over'}).click();
  await shows(page, 'Any GPU node');
  assert.equal(await page.getByLabel('context', {exact: true}).isChecked(), false);
  assert.equal(await options.getByLabel('mig_strategy').inputValue(), '');
});

test('a link to what the page has no control for shows it, and lets it be left out', async (t) => {
  const page = await open(t, `${server.url}#/recipe?service=eks&gpu=h100&colour=red`, {allow: /400 \(Bad Request\)/});
  await page.getByRole('alert').getByText('colour: unknown parameter').waitFor();
  await page.getByRole('button', {name: 'Leave out colour'}).click();
  await page.getByRole('heading', {level: 2, name: 'Values'}).waitFor();
  assert.equal(queryOf(page).has('colour'), false);
});

test('a view that is not there', async (t) => {
  const page = await open(t, `${server.url}#/nothing?service=eks`);
  await page.getByRole('alert').getByText('This page has no view "nothing".').waitFor();
});

test('below a path of a proxy', async (t) => {
  const proxy = createServer((request, response) => {
    const passed = forward(new URL(request.url.replace(/^\/portal\//, ''), server.url), {method: request.method, headers: request.headers}, (answer) => {
      response.writeHead(answer.statusCode, answer.headers);
      answer.pipe(response);
    });
    request.pipe(passed);
  });
  await once(proxy.listen(0, '127.0.0.1'), 'listening');
  t.after(() => proxy.closeAllConnections() ?? proxy.close());
  const page = await open(t, `http://127.0.0.1:${proxy.address().port}/portal/#/take?${training}`);
  await page.getByRole('heading', {level: 2, name: 'Export'}).waitFor();
  for (const name of ['Link', 'curl']) assert.match(await page.getByLabel(name, {exact: true}).textContent(), /\/portal\//);
});

test('a catalog of its own', async (t) => {
  const page = await open(t, own.url, {allow: /Failed to load resource/});
  await shows(page, 'Any GPU node');
  await page.getByRole('radio', {name: 'x1', exact: true}).click();
  await shows(page, 'x1');
  await page.getByRole('table', {name: 'Values of K8s/image'}).getByRole('row', {name: 'driver 580.105.08 gpu=x1'}).waitFor();
});
