// --- reel: brings lanes, list, chart and transport together ----------------------------------------------

import { keeper } from '../grid/kept.js';
import { mounted } from '../grid/mount.js';
import { Player } from '../player/player.js';
import { element, NARROW, sizes, STAGE_HEIGHT } from '../player/stage.js';
import { LossChart } from './chart.js';
import { lane } from './lanes.js';

const NARROW_SIZE = 1.15; // rem of the type on a phone, where a lane is as long as its text
const SIZES = Array.from({ length: 19 }, (_, i) => Math.max(0.86, 2.6 * 0.94 ** i)); // rem, from a text that has room down

const fitted = keeper(24); // sizes of the type

class Reel {
  /** @type {any} */ spec;
  /** @type {string} */ signature;

  constructor(parent) {
    this.root = element('div', 'grid reel');
    this.scene = element('div', 'scene');
    this.readout = element('p', 'readout');
    this.readout.setAttribute('role', 'status');
    this.root.setAttribute('role', 'group');
    this.player = new Player(this.root, () => this.show(), (playing) => this.hush(playing));
    this.root.append(this.scene, this.readout, this.player.transport.node);
    parent.append(this.root);
    this.root.__reel = this;
    this.scene.onpointerover = (event) => this.point(event.target.closest('.tile'));
    this.scene.onclick = (event) => this.point(event.target.closest('.tile'));
    this.scene.onkeydown = (event) => this.key(event);
    this.resizing = sizes(() => this.resize());
    this.resizing.observe(this.root);
  }

  update({ data: spec }) {
    const { start, ...rest } = spec;
    const signature = JSON.stringify([rest.titles, rest.lanes.map((l) => ({ ...l, ids: null })), start]);
    const same = signature === this.signature;
    Object.assign(this, { spec, signature });
    this.player.load(this.film(), start, same);
    this.build();
    this.resize(true);
  }

  build() {
    const { spec } = this;
    this.player.describe(this.root, spec.alt);
    this.root.style.setProperty('--height', STAGE_HEIGHT);
    this.root.classList.toggle('piled', spec.stacked);
    this.lanes = spec.lanes.map(lane);
    const seek = (position) => this.player.goTo(position);
    this.chart = spec.chart ? new LossChart(spec.chart, seek) : null;
    this.list = spec.ledger ? ledger(spec, seek) : null;
    const texts = element('div', 'lanes');
    texts.tabIndex = 0;
    texts.setAttribute('role', 'group'); // what was written is read as a text
    texts.setAttribute('aria-label', `${spec.alt} Move from piece to piece with the arrow keys.`);
    texts.append(...this.lanes.map((l) => l.node));
    this.lanes.forEach((l) => l.build());
    this.texts = texts;
    this.scene.replaceChildren(...[this.chart?.node, texts, this.list?.node].filter(Boolean));
    this.readout.hidden = this.lanes.every((l) => l.kind === 'pages');
    this.pointed = null;
  }

  film() {
    const { unit, titles, captions, speed } = this.spec;
    return {
      last: Math.max(0, titles.length - 1), titles, captions, speed, speedUnit: unit, steps: [`‹ One ${unit}`, `One ${unit} ›`],
      counter: (position) => titles[position],
    };
  }

  // --- what is seen ---

  show() {
    [...this.lanes, this.chart, this.list].forEach((part) => part?.show(this.player.position));
    if (!this.pointed?.isConnected) this.point(null);
  }

  resize(force = false) {
    if (!this.spec || !this.root.isConnected) return;
    const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
    const size = `${this.root.clientWidth} ${this.root.clientHeight} ${rem}`;
    if (!force && size === this.size) return;
    this.size = size;
    this.narrow = window.innerWidth < NARROW;
    this.root.classList.toggle('narrow', this.narrow);
    this.root.classList.toggle('stacked', this.root.clientWidth < NARROW);
    this.chart?.draw(rem);
    this.fit();
    this.show();
    this.texts.querySelectorAll('.body').forEach((body) => { body.tabIndex = body.scrollHeight > body.clientHeight ? 0 : -1; });
  }

  // The largest type at which every lane's fullest frame has room; below the least size a lane scrolls.
  fit() {
    const type = (size) => this.root.style.setProperty('--type', `${size}rem`);
    if (this.narrow) { type(NARROW_SIZE); return; }
    const key = `${this.size} ${document.fonts.status} ${JSON.stringify(this.spec)}`;
    type(fitted(key, () => this.largest(type)));
  }

  largest(type) {
    this.lanes.forEach((l) => l.show(l.fullest(this.player.last)));
    const full = () => this.lanes.some(({ body }) => body.scrollHeight > body.clientHeight + 1);
    let [low, high] = [0, SIZES.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      type(SIZES[middle]);
      if (full()) low = middle + 1;
      else high = middle;
    }
    return SIZES[low];
  }

  point(node) {
    this.pointed?.classList.remove('pointed');
    this.pointed = node;
    node?.classList.add('pointed');
    this.readout.textContent = node?.told ?? '';
  }

  key(event) {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!by || event.target !== this.texts) return;
    const tiles = [...this.texts.querySelectorAll('.tile:not(.ahead)')];
    const next = tiles[tiles.indexOf(this.pointed) + by];
    if (next) this.point(next);
    event.preventDefault();
    event.stopPropagation();
  }

  hush(playing) { this.readout.setAttribute('aria-live', playing ? 'off' : 'polite'); }

  close() {
    this.player.close();
    this.resizing.disconnect();
    this.root.remove();
  }
}

// All titles as a list; the frame's own is marked, what is yet to come is faint.
function ledger({ ledger: heading, titles }, pick) {
  const node = element('div', 'panel ledger');
  const list = Object.assign(element('ol'), { tabIndex: 0, ariaLabel: heading }); // it scrolls
  const rows = titles.slice(1).map((title, i) => {
    const row = element('li', '', title);
    row.onclick = () => pick(i + 1);
    return row;
  });
  list.append(...rows);
  node.append(element('h2', '', heading), list);
  return {
    node,
    show(position) {
      rows.forEach((row, i) => {
        row.classList.toggle('current', i + 1 === position);
        row.classList.toggle('ahead', i + 1 > position);
      });
      const row = rows[Math.max(0, position - 1)];
      if (row) list.scrollTop = row.offsetTop - list.offsetTop - list.clientHeight / 2;
    },
  };
}

export default mounted(Reel);
