// --- drawing: brings the parts together -------------------------------------------------------------------

import { mounted } from '../grid/mount.js';
import { readTheme, themeKey } from '../grid/theme.js';
import { Player } from '../player/player.js';
import { element, pixel, sizes, STACKED } from '../player/stage.js';
import { paints } from './colors.js';
import { Hand } from './hand.js';
import { Pointer } from './pointer.js';
import { Shape, specsOf } from './shapes.js';
import { node, set } from './svg.js';

const HELD = 'The arrow keys lead from part to part; Enter takes hold of what can be moved, the arrow keys move it, Enter lets it go.';

class Drawing {
  /** @type {number} */ width;
  /** @type {number} */ height;
  /** @type {boolean} */ went;

  constructor(parent) {
    this.root = element('div', 'grid drawing');
    this.picture = element('div', 'picture');
    this.svg = node('svg', { role: 'img', tabindex: 0 });
    this.below = element('div', 'below');
    this.picture.append(this.below, this.svg);
    this.player = new Player(this.root, () => this.turn());
    this.root.append(this.picture, this.player.transport.node);
    parent.append(this.root);
    this.pointer = new Pointer(this.picture, this.svg, {
      pick: (pick) => this.send('pick', pick),
      seek: (frame) => this.player.goTo(frame),
      move: (place) => this.send('place', place),
      drop: (moved) => this.send('moved', moved),
      hold: (held) => this.rest(held),
    });
    this.hand = this.pointer.hand = new Hand(this);
    this.resizing = sizes(() => this.resize());
    this.resizing.observe(this.picture);
    this.svg.__drawing = this;
  }

  update({ data, setTriggerValue }) {
    this.send = setTriggerValue;
    this.spec = data;
    this.root.classList.toggle('sized', data.height > 0);
    this.root.style.setProperty('--height', data.height);
    this.load(data.frames);
    const more = [data.picks && 'The arrow keys lead from part to part, Enter opens one.', data.hand && HELD, data.places];
    this.player.describe(this.svg, [data.alt, ...more].filter(Boolean).join(' '));
    this.take(specsOf(data.groups, data.defaults));
    this.hand.load(data.hand);
    this.pointer.load(this.shapes, data);
    this.svg.classList.toggle('placing', Boolean(data.places));
    this.resize(true);
  }

  // The same frames again keep their place: only what is seen in them has changed.
  load(frames) {
    const { titles, unit, speed, start, captions, film: name } = frames ?? { titles: [''], unit: '', speed: 1, start: 0 };
    const signature = JSON.stringify(name || [titles, start]);
    const goesOn = signature === this.signature && this.player.playing; // while one changes what is seen
    const film = { last: titles.length - 1, titles, captions, speed, speedUnit: unit, steps: ['‹ Back', 'Step ›'], counter: (i) => titles[i] };
    this.player.load(film, start, signature === this.signature);
    this.signature = signature;
    if (goesOn && !this.player.over) this.player.play();
  }

  // What is drawn as before keeps its node; what is new stands in the picture once it is drawn.
  take(specs) {
    const same = specs.length === this.shapes?.length && specs.every(({ kind }, i) => kind === this.shapes[i].spec.kind);
    if (same) specs.forEach((spec, i) => this.shapes[i].load(spec));
    else {
      this.shapes = specs.map((spec) => new Shape(spec));
      this.svg.replaceChildren();
      this.below.replaceChildren();
    }
    this.shapes.forEach((shape) => shape.show(this.player.position));
  }

  // Where a place is, how large a pixel of the design is, and which colour a role has.
  view() {
    const { px } = this;
    const { x: [x0, x1], y: [y0, y1], margins, font, ratio } = this.spec;
    const [left, right, top, bottom] = margins.map((margin) => margin * px);
    const [across, up] = [this.width - left - right, this.height - top - bottom];
    const [width, height] = ratio ? [Math.min(across, up * ratio), Math.min(across / ratio, up)] : [across, up];
    const at = (x, y) => [left + ((x - x0) / (x1 - x0)) * width, top + ((y1 - y) / (y1 - y0)) * height];
    return { at, px, font, paint: this.paint, scales: this.scales, below: this.below };
  }

  resize(force = false) {
    if (!this.spec || !this.root.isConnected || (!force && this.size === this.measured())) return;
    this.dress();
    this.px = pixel();
    const size = this.measured();
    if (!this.width || !this.height) return;
    this.size = size;
    this.root.classList.toggle('stacked', this.width < STACKED);
    set(this.svg, { width: this.width, height: this.height });
    this.seen = this.view();
    this.shapes.forEach((shape) => shape.draw(this.player.position, this.seen));
    if (!this.svg.firstChild) this.svg.append(...this.shapes.map((shape) => shape.node));
    this.shapes.forEach((shape) => shape.fit(this.seen));
    this.turn();
  }

  measured() {
    ({ clientWidth: this.width, clientHeight: this.height } = this.picture);
    return `${this.width} ${this.height}`;
  }

  // Reads the theme's colours anew when they have changed: light, dark.
  dress() {
    const theme = themeKey(this.root);
    if (theme !== this.theme) {
      this.scales = readTheme(this.root);
      this.paint = paints(this.scales);
    }
    this.theme = theme;
  }

  // Another frame is shown.
  turn() {
    if (!this.seen) return;
    if (this.hand.learns && this.shapes.some((shape) => shape.byHand)) this.hand.back();
    const moving = this.shapes.filter((shape) => shape.moving.length);
    moving.forEach((shape) => shape.draw(this.player.position, this.seen));
    moving.forEach((shape) => shape.fit(this.seen));
    this.pointer.tell();
  }

  // What plays rests while something is held, then goes on.
  rest(held) {
    if (held) this.went = this.player.playing;
    if (held) this.player.pause();
    else if (this.went) this.player.play();
  }

  tables() { return this.spec.table.length ? [{ columns: this.spec.table }] : []; }

  // The map in which places are told.
  field() { return this.shapes.find(({ spec }) => spec.name)?.now; }

  // What is moved by hand is seen at once, and what follows from it.
  followHand() {
    const seen = this.hand.seen();
    for (const shape of this.shapes) {
      const [before, after] = [shape.byHand, seen(shape.spec)];
      shape.byHand = after;
      if (before || after) shape.draw(this.player.position, this.seen);
    }
    this.pointer.tell();
  }

  close() {
    this.hand.close();
    this.player.close();
    this.resizing.disconnect();
    this.root.remove();
  }
}

export default mounted(Drawing);
