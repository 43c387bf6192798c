// SPDX-License-Identifier: Apache-2.0

import {html} from './dom.js';

export function compareView() {
  return [html('h2', {}, 'Compare')];
}
