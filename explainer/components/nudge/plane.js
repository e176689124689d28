// --- plane: the letters at their places, one of them in the hand --------------------------------------------

import { node, set } from '../drawing/svg.js';
import { apart } from '../plot/apart.js';

const MARK = 1.6; // rem, the side of a letter's mark
const ROOM = 1.75; // rem that a mark needs beside others
const EDGE = [2.4, 1.2, 0.6, 2.2]; // rem around the plane: left, right, top, bottom
const TITLES = ['first number of the embedding', 'second number of the embedding'];

const signed = (value) => String(value).replace('-', '\u2212');
const classes = (...names) => names.filter(Boolean).join(' ');

function outline(shape, half) {
  if (shape === 'circle') return node('circle', { r: half });
  const square = node('rect', { x: -half, y: -half, width: 2 * half, height: 2 * half });
  if (shape === 'diamond') square.setAttribute('transform', 'rotate(45) scale(0.8)');
  return square;
}

export class Plane {
  /** @type {any} */ spec;
  /** @type {number} */ rem;
  /** @type {number} */ reach;
  /** @type {number} */ width;
  /** @type {number} */ height;
  /** @type {number[][]} */ seats;
  /** @type {number[][]} */ homes;
  /** @type {any} */ box;
  /** @type {any[]} */ letters;

  constructor() {
    this.svg = node('svg', { role: 'application', tabindex: 0 });
    this.ground = node('g', { 'aria-hidden': true });
    this.aside = node('g', { class: 'aside' });
    this.ties = node('g', { class: 'ties' });
    this.marks = node('g');
    this.svg.append(this.ground, this.aside, this.ties, this.marks);
  }

  // Where a place is, in px, and back.
  /** @param {number[]} place */
  pixel([x, y]) {
    const { left, top, across, up } = this.box;
    return [left + ((x + this.reach) / (2 * this.reach)) * across, top + ((this.reach - y) / (2 * this.reach)) * up];
  }

  /** @param {number[]} pixel */
  place([x, y]) {
    const { left, top, across, up } = this.box;
    return [((x - left) / across) * 2 * this.reach - this.reach, this.reach - ((y - top) / up) * 2 * this.reach];
  }

  size(width, height, rem) {
    const [left, right, top, bottom] = EDGE.map((edge) => edge * rem);
    Object.assign(this, { width, height, rem, box: { left, top, across: width - left - right, up: height - top - bottom } });
    set(this.svg, { width, height });
  }

  // Draws the axes and all letters anew; those at rest give way to each other once, and keep their seats.
  begin(spec, places, reach) {
    Object.assign(this, { spec, reach });
    this.axes();
    const inside = places.map((place) => this.pixel(place)).map(([x, y]) => [x - this.box.left, y - this.box.top]);
    const seats = apart(inside, ROOM * this.rem, [this.box.across, this.box.up]);
    this.seats = seats.map(([x, y]) => [x + this.box.left, y + this.box.top]);
    this.homes = places.map((place) => this.pixel(place));
    this.letters = spec.symbols.map((symbol, i) => this.letter(symbol, spec.looks[spec.kinds[i]], i));
    this.marks.replaceChildren(...this.letters);
  }

  axes() {
    const { left, top, across, up } = this.box;
    const numbers = Array.from({ length: 2 * Math.floor(this.reach) + 1 }, (_, i) => i - Math.floor(this.reach));
    const lines = numbers.flatMap((value) => {
      const [x, y] = this.pixel([value, value]);
      const gap = 0.4 * this.rem;
      return [
        node('path', { d: `M${x} ${top}V${top + up}M${left} ${y}H${left + across}`, class: 'rule' }),
        node('text', { x, y: top + up + 1.1 * this.rem, 'text-anchor': 'middle' }, signed(value)),
        node('text', { x: left - gap, y, 'text-anchor': 'end', dy: '0.35em' }, signed(value)),
      ];
    });
    const titles = [
      node('text', { x: left + across, y: top + up + 2.1 * this.rem, 'text-anchor': 'end' }, TITLES[0]),
      node('text', { x: left + 0.4 * this.rem, y: top + 0.9 * this.rem }, TITLES[1]),
    ];
    this.ground.replaceChildren(...lines, ...titles);
  }

  letter(symbol, [kind, shape], i) {
    const mark = node('g', {});
    const half = (MARK * this.rem) / 2;
    mark.append(outline(shape, half), node('text', { 'text-anchor': 'middle', dy: '0.35em' }, symbol));
    mark.__letter = i;
    mark.__looks = classes('letter', kind.startsWith('vowel') && 'vowel', kind.endsWith('diacritic') && 'diacritic');
    return mark;
  }

  // Shows one letter at its place now, what it is near to, and whence it came.
  show({ moved, place, from, home, near, held, read }) {
    const at = this.pixel(place);
    this.letters.forEach((mark, i) => {
      const [x, y] = i === moved ? at : this.seats[i];
      set(mark, {
        transform: `translate(${x.toFixed(1)} ${y.toFixed(1)})`,
        class: classes(mark.__looks, i === moved && 'moved', i === moved && held && 'held', near.includes(i) && 'near', read.includes(i) && 'read'),
      });
    });
    this.lead(moved);
    if (this.marks.lastChild !== this.letters[moved]) this.marks.append(this.letters[moved]); // above the others
    this.tie(at, this.pixel(home), from ?? at, near.map((i) => (i === moved ? at : this.seats[i])));
  }

  // Lines from the letters that gave way to their true places; one that still covers its place needs none.
  lead(moved) {
    const away = this.seats.map(([x, y], i) => Math.hypot(x - this.homes[i][0], y - this.homes[i][1]));
    const gave = this.seats.flatMap((_, i) => (i !== moved && away[i] >= (ROOM * this.rem) / 2 ? [i] : []));
    this.aside.replaceChildren(...gave.flatMap((i) => {
      const [[x, y], [fromX, fromY]] = [this.seats[i], this.homes[i]];
      return [node('path', { d: `M${fromX} ${fromY}L${x} ${y}` }), node('circle', { cx: fromX, cy: fromY, r: 0.2 * this.rem })];
    }));
  }

  // Lines to the neighbours of the letter that is pointed at or moved, and from where the moved one stood.
  /**
   * @param {number[]} at
   * @param {number[]} home
   * @param {number[]} one
   * @param {number[][]} near
   */
  tie([x, y], [fromX, fromY], one, near) {
    const line = (other) => node('path', { d: `M${one.join(' ')}L${other.join(' ')}`, class: 'tie' });
    const way = Math.hypot(x - fromX, y - fromY) < this.rem ? [] : [
      node('path', { d: `M${fromX} ${fromY}L${x} ${y}`, class: 'way' }),
      node('circle', { cx: fromX, cy: fromY, r: 0.35 * this.rem, class: 'home' }),
    ];
    this.ties.replaceChildren(...near.map(line), ...way);
  }
}
