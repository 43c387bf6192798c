// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import {test} from 'node:test';

import {ask, browsing, serving, shows, training, trainingTitle} from './helpers.mjs';

const server = serving();
const leaving = serving();
const limited = serving({limit: 1, flags: ['--rate-burst', '40']});
const open = browsing();

const failed = /^error: Failed to load resource/;
const recipes = (url) => url.pathname === '/v1/recipe';

test('each mistake is at its field, in the words of the API', async (t) => {
  const query = 'gpu=h100&driver=x&options%5Bmig%5D=perhaps&releases%5Bgpu-operator%5D=v1';
  const {details, message} = await ask(server, `v1/recipe?${query}`);
  assert.equal(details.length, 3);
  const page = await open(t, `${server.url}#/recipe?${query}`, {allow: failed});
  await page.getByRole('alert').getByText(message, {exact: true}).waitFor();
  for (const {field, message: text} of details) {
    await page.getByRole('alert').getByText(text, {exact: true}).waitFor();
    const line = page.locator(`[id="choice-${field.replace('[', '-').replace(']', '')}-mistake"]`);
    assert.equal(await line.textContent(), text);
    assert.equal(await line.isVisible(), true, field);
    assert.equal(await page.locator(`[aria-describedby~="${await line.getAttribute('id')}"]`).getAttribute('aria-invalid'), 'true', field);
  }
  await page.getByLabel('driver version').fill('');
  await page.getByLabel('driver version').press('Tab');
  await page.getByLabel('mig', {exact: true}).selectOption('true');
  await page.getByLabel('gpu-operator', {exact: true}).selectOption('not set');
  await page.getByRole('heading', {level: 2, name: 'Values'}).waitFor();
  assert.equal(await page.locator('.mistake:visible').count(), 0);
});

for (const [name, {status, body, want}] of Object.entries({
  'an error of the server': {status: 500, body: '{"code":"INTERNAL","message":"the server failed","details":[],"requestId":"550e8400-e29b-41d4-a716-446655440000","retryable":true}', want: /^the server failed/},
  'a page of a proxy': {status: 502, body: '<html>Bad Gateway</html>', want: /^The answer was 502/},
  'a page that says it went well': {status: 200, body: '<html>Please log in</html>', want: /is not JSON/},
})) {
  test(`${name}, and asking again`, async (t) => {
    const page = await open(t, `${server.url}#/recipe?service=eks`, {allow: failed});
    await shows(page, 'eks');
    await page.route(recipes, (route) => route.fulfill({status, body}));
    await page.getByRole('radio', {name: 'h100', exact: true}).click();
    await page.getByRole('alert').getByText(want).waitFor();
    assert.equal(await page.locator('#view').textContent(), '');
    await page.unroute(recipes);
    await page.getByRole('button', {name: 'Ask again'}).click();
    await page.getByRole('heading', {level: 2, name: 'Values'}).waitFor();
    assert.equal(await page.locator('#problem').textContent(), '');
  });
}

test('a server that does not answer', async (t) => {
  const page = await open(t, leaving.url, {allow: failed});
  await shows(page, 'Any GPU node');
  await leaving.stop();
  await page.getByRole('radio', {name: 'eks', exact: true}).click();
  await page.getByRole('alert').getByText('The server cannot be reached.').waitFor();
  await page.getByRole('button', {name: 'Ask again'}).waitFor();
});

test('a server that has no catalog for the page yet', async (t) => {
  const page = await open(t, 'about:blank', {allow: failed});
  await page.route('**/v1/catalog', (route) => route.fulfill({status: 503, body: '{"message":"the server is shutting down","retryable":true}'}));
  await page.goto(server.url);
  await page.getByRole('alert').getByText('the server is shutting down').waitFor();
  await page.unroute('**/v1/catalog');
  await page.getByRole('button', {name: 'Ask again'}).click();
  await shows(page, 'Any GPU node');
});

test('too many requests', async (t) => {
  const page = await open(t, limited.url, {allow: failed});
  await shows(page, 'Any GPU node');
  for (let i = 0; i < 40; i++) await page.evaluate(() => fetch('version'));
  await page.getByRole('radio', {name: 'eks', exact: true}).click();
  await page.getByRole('alert').getByText('too many requests').first().waitFor();
});

// hold keeps back what is asked about b200. What it returns waits for the request.
async function hold(page) {
  let caught;
  const asked = new Promise((resolve) => {
    caught = resolve;
  });
  await page.route((url) => recipes(url) && url.searchParams.get('gpu') === 'b200', caught);
  return () => asked;
}

const other = (gpu) => trainingTitle.replace('h100', gpu);

test('an answer that comes late does not take the place of a newer one', async (t) => {
  const page = await open(t, `${server.url}#/recipe?${training}`);
  await shows(page, trainingTitle);
  const asked = await hold(page);
  await page.getByRole('radio', {name: 'b200', exact: true}).click();
  const route = await asked();
  await page.getByRole('radio', {name: 'h200', exact: true}).click();
  await shows(page, other('h200'));
  await route.continue().catch(() => {}); // the page has given it up already
  await page.getByRole('link', {name: 'Bundle', exact: true}).click();
  await page.getByRole('heading', {level: 2, name: 'Components'}).waitFor();
  await shows(page, other('h200'));
});

test('going back while an answer is on its way', async (t) => {
  const page = await open(t, `${server.url}#/recipe?${training}`);
  await shows(page, trainingTitle);
  const asked = await hold(page);
  await page.getByRole('radio', {name: 'b200', exact: true}).click();
  const route = await asked();
  await page.goBack();
  await page.locator('#view[aria-busy="false"]').waitFor();
  await route.continue().catch(() => {});
  await page.getByRole('link', {name: 'Bundle', exact: true}).click();
  await page.getByRole('heading', {level: 2, name: 'Components'}).waitFor();
  await shows(page, trainingTitle);
});

test('another view while an answer is on its way is that of the new choice', async (t) => {
  const page = await open(t, `${server.url}#/recipe?${training}`);
  await shows(page, trainingTitle);
  const asked = await hold(page);
  await page.getByRole('radio', {name: 'b200', exact: true}).click();
  await asked();
  await page.unrouteAll();
  await page.getByRole('link', {name: 'Bundle', exact: true}).click();
  await page.getByRole('heading', {level: 2, name: 'Components'}).waitFor();
  await shows(page, other('b200'));
});

test('a bundle that cannot be downloaded', async (t) => {
  const page = await open(t, `${server.url}#/take?${training}`, {allow: failed});
  await page.getByRole('heading', {level: 2, name: 'Export'}).waitFor();
  await page.route('**/v1/bundle', (route) => route.fulfill({status: 503, body: '{"message":"the server is busy","retryable":true}'}));
  await page.getByRole('button', {name: 'Bundle as zip'}).click();
  await page.getByText('the server is busy').waitFor();
});

test('mistakes in the second of two recipes', async (t) => {
  const page = await open(t, `${server.url}#/compare/service%3Deks%26k8s%3Done?${training}`, {allow: failed});
  const form = page.getByRole('form', {name: 'Second choice'});
  await form.locator('.mistake:visible').waitFor();
  const {details: [{message}]} = await ask(server, 'v1/recipe?service=eks&k8s=one');
  assert.equal(await form.locator('#second-k8s-mistake').textContent(), message);
});
