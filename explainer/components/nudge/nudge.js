// --- nudge: brings the plane and the guesses together; a letter is moved by hand or by key ------------------

import { mounted } from '../grid/mount.js';
import { element, NARROW, sizes, STAGE_HEIGHT } from '../player/stage.js';
import { guess, nearest, readModel } from './forward.js';
import { Guesses } from './guesses.js';
import { Plane } from './plane.js';

const FINE = 20; // steps of a move in one unit, as the sliders have them
const STEP = { plain: 0.1, shift: 0.5 }; // units that an arrow key moves a letter by
const NEIGHBOURS = 3;
const ROOM = 1.1; // around the outermost letter
const SETTLED = 400; // ms after the last key at which the server is told

const WAYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowDown: [0, -1], ArrowUp: [0, 1] };
const HINT = 'Drag a letter, or move the chosen one with the arrow keys; with Shift they go further.';

const far = (value) => value.toFixed(2);

class Nudge {
  /** @type {(name: string, value: any) => void} */ send;
  /** @type {string} */ sent;
  /** @type {string} */ measured;
  /** @type {any} */ spec;
  /** @type {any} */ model;
  /** @type {number[][]} */ homes;
  /** @type {number} */ moved;
  /** @type {number[]} */ by;

  constructor(parent) {
    this.root = element('div', 'grid nudge');
    this.told = element('p', 'told');
    this.told.setAttribute('role', 'status');
    this.scene = element('div', 'scene');
    this.field = element('div', 'field');
    this.key = element('p', 'key');
    this.plane = new Plane();
    this.guesses = new Guesses((i) => this.pick(i));
    this.field.append(this.plane.svg);
    this.scene.append(this.field, this.guesses.node);
    this.root.append(this.told, this.key, this.scene);
    parent.append(this.root);
    this.root.__nudge = this;
    this.hear();
    this.resizing = sizes(() => this.resize());
    this.resizing.observe(this.field);
  }

  hear() {
    const { svg } = this.plane;
    const letterOf = ({ target }) => target.closest?.('.letter')?.__letter;
    svg.onpointerdown = (event) => this.take(letterOf(event), event);
    svg.onpointermove = (event) => (this.held ? this.drag(event) : this.look(letterOf(event)));
    svg.onpointerup = () => this.drop();
    svg.onpointercancel = () => this.drop();
    svg.onpointerleave = () => { if (!this.held) this.look(); };
    svg.onkeydown = (event) => this.press(event);
    svg.addEventListener('touchstart', (event) => { if (letterOf(event) !== undefined) event.preventDefault(); }, { passive: false });
  }

  update({ data, setTriggerValue }) {
    this.send = setTriggerValue;
    const sent = JSON.stringify(data);
    if (sent !== this.sent && !this.held) this.load(data);
    this.sent = sent;
    this.resize();
  }

  load(data) {
    Object.assign(this, { spec: data, model: readModel(data), moved: data.moved, by: [...data.by] });
    this.homes = data.symbols.map((_, i) => [...this.model.C.subarray(2 * i, 2 * i + 2)]);
    this.reach = ROOM * Math.max(...this.model.C.map(Math.abs));
    this.before = guess(this.model);
    this.guesses.load(data.heading, data.symbols);
    const more = [['dot', data.aside], ['read', 'read by the model']].map(([look, words]) => this.look_of(words, look));
    this.key.replaceChildren(...data.looks.map(([kind, shape]) => this.look_of(kind, shape)), ...more);
    this.plane.svg.setAttribute('aria-label', `${data.alt} ${HINT}`);
    this.root.style.setProperty('--height', STAGE_HEIGHT);
    this.measured = '';
  }

  look_of(kind, shape) {
    const entry = element('span', kind.endsWith('diacritic') ? 'diacritic' : '');
    entry.append(element('i', `${shape} ${kind.startsWith('vowel') ? 'vowel' : ''}`), kind);
    return entry;
  }

  resize() {
    if (!this.spec || !this.root.isConnected) return;
    this.root.classList.toggle('narrow', window.innerWidth < NARROW);
    const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
    const { clientWidth: width, clientHeight: height } = this.field;
    const measured = `${width} ${height} ${rem}`;
    if (!width || !height || measured === this.measured) return;
    this.measured = measured;
    this.plane.size(width, height, rem);
    this.plane.begin(this.spec, this.homes, this.reach);
    this.show();
  }

  // Where the chosen letter is now.
  get place() { return this.homes[this.moved].map((value, axis) => value + this.by[axis]); }

  show() {
    const { moved, place, spec } = this;
    const places = this.homes.map((home, i) => (i === moved ? place : home));
    const one = this.seen ?? moved;
    const near = nearest(places, one, NEIGHBOURS);
    const after = guess(this.model, moved, place);
    const from = this.seen === undefined ? null : this.plane.seats[one];
    this.plane.show({ moved, place, from, home: this.homes[moved], near: near.map(({ i }) => i), held: Boolean(this.held), read: spec.context });
    this.guesses.show(after, this.before);
    const names = near.map(({ i, far: distance }) => `${spec.symbols[i]} ${far(distance)}`).join(' · ');
    this.told.textContent = `${spec.told[one]} Nearest: ${names}.`;
  }

  // --- by hand ---

  look(i) {
    const seen = i === this.moved ? undefined : i;
    if (seen === this.seen) return;
    this.seen = seen;
    this.show();
  }

  at({ clientX, clientY }) {
    const { left, top } = this.plane.svg.getBoundingClientRect();
    return this.plane.place([clientX - left, clientY - top]);
  }

  take(i, event) {
    if (i === undefined || event.button) return;
    this.settle();
    if (i !== this.moved) Object.assign(this, { moved: i, by: [0, 0] });
    const hand = this.at(event);
    const seat = this.plane.place(this.plane.seats[i]);
    const stands = this.by.some(Boolean) ? this.place : seat; // it may have given way to another
    this.held = { off: hand.map((value, axis) => value - stands[axis]), moved: false };
    this.seen = undefined;
    this.plane.svg.setPointerCapture(event.pointerId);
    this.show();
  }

  drag(event) {
    this.held.moved = true;
    const hand = this.at(event);
    this.put(hand.map((value, axis) => value - this.held.off[axis] - this.homes[this.moved][axis]));
  }

  // Moves are as fine as the sliders', and end at the edge of the plane.
  put(by) {
    const { farthest } = this.spec;
    this.by = by.map((value, axis) => {
      const home = this.homes[this.moved][axis];
      const within = Math.max(-this.reach - home, Math.min(this.reach - home, value));
      return Math.max(-farthest, Math.min(farthest, Math.trunc(within * FINE) / FINE));
    });
    this.show();
  }

  drop() {
    if (!this.held) return;
    this.held = null;
    this.show();
    this.tell();
  }

  // --- by key ---

  press(event) {
    const way = WAYS[event.key];
    if (!way || event.ctrlKey || event.altKey || event.metaKey) return;
    const step = event.shiftKey ? STEP.shift : STEP.plain;
    this.put(this.by.map((value, axis) => Math.round((value + way[axis] * step) * FINE) / FINE));
    clearTimeout(this.settling);
    this.settling = setTimeout(() => this.settle(), SETTLED);
    event.preventDefault();
    event.stopPropagation();
  }

  settle() {
    if (!this.settling) return;
    clearTimeout(this.settling);
    this.settling = 0;
    this.tell();
  }

  tell() { this.send('nudge', { letter: this.moved, right: this.by[0], up: this.by[1] }); }

  pick(i) {
    this.settle();
    this.send('pick', i);
  }

  tables() {
    const { symbols } = this.spec;
    const { order, after } = this.guesses;
    const places = this.homes.map((home, i) => (i === this.moved ? this.place : home));
    const column = (title, values) => ({ title, values });
    return [
      { title: 'Letters', columns: [column('name', symbols), column('first number of the embedding', places.map(([x]) => x)), column('second number of the embedding', places.map(([, y]) => y))] },
      { title: 'Bars', columns: [column('next letter', order.map((i) => symbols[i])), column('probability', order.map((i) => after[i]))] },
    ];
  }

  close() {
    clearTimeout(this.settling);
    this.resizing.disconnect();
    this.root.remove();
  }
}

export default mounted(Nudge);
