// --- along: files of what is on the stage -------------------------------------------------------------------

import { mounted } from '../grid/mount.js';
import { csvOf } from '../listing/export.js';
import { made } from '../names/shared.js';
import { handOut } from './file.js';
import { photograph } from './photograph.js';
import { tablesOn } from './tables.js';

const SEEN = ['.st-key-head', '.st-key-stage']; // what the picture holds
const plain = (text) => text.replace(/[^\p{L}\p{N}_-]+/gu, '-').replace(/^-|-$/g, '');

class Along {
  constructor(parent) {
    this.root = made('div', 'along');
    this.said = made('p');
    this.said.setAttribute('role', 'status');
    parent.append(this.root);
  }

  update({ data: { name } }) {
    const tables = tablesOn(document.querySelector('.st-key-stage'));
    const picture = this.button('Picture (PNG)', () => this.picture(picture, name));
    const numbers = tables.map(({ title, columns, rows }) => this.button(`${title} (CSV)`, () => {
      handOut(`${name}-${plain(title)}.csv`, csvOf(columns, rows));
    }));
    this.root.replaceChildren(picture, ...numbers, this.said);
  }

  button(text, onclick) { return Object.assign(made('button', '', text), { type: 'button', onclick }); }

  // It takes a second or more: that is said, and whether it has come.
  async picture(button, name) {
    button.disabled = true;
    this.said.textContent = 'The picture is being drawn.';
    try {
      handOut(`${name}.png`, await photograph(SEEN.map((seen) => document.querySelector(seen))));
      this.said.textContent = '';
    } catch {
      this.said.textContent = 'This browser cannot draw the picture as a file; a newer one can.';
    }
    button.disabled = false;
  }

  close() {}
}

export default mounted(Along);
