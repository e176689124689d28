// --- hand: weights and points that are moved by hand, and what a network then gives ------------------------

import { finer } from './field.js';

const BENDS = { tanh: Math.tanh, sigmoid: (z) => 1 / (1 + Math.exp(-z)), ReLU: (z) => Math.max(0, z), none: (z) => z };
const SIDE = 31; // points along each edge of the map
const STEP = { weight: 0.1, place: 0.05 }; // by how much a key moves
const FAR = 15; // no weight is pulled further from zero
const AWAY = 1.15; // what is let go farther out than this has been taken off the map
const MOVED = 'moved-by-hand';

const round = (value, step) => Number((Math.round(value / step) * step).toFixed(2));
const within = (value, most) => Math.max(-most, Math.min(most, value));
export const written = (value) => String(round(value, 0.01) || 0).replace('-', '−');

// A probability that is neither certain nor impossible does not read so.
export function likely(p) {
  const text = p < 0.005 || p >= 0.995 ? p.toFixed(3) : String(Number(p.toFixed(2)));
  return { '0.000': '< 0.001', '1.000': '> 0.999' }[text] ?? text;
}

// What the hidden neurons of a network give for a point, and its log-odds.
export function passed({ W1, b1, W2, b2, activation }, [x, y]) {
  const h = b1.map((b, j) => BENDS[activation](W1[0][j] * x + W1[1][j] * y + b));
  return { h, odds: h.reduce((sum, value, j) => sum + value * W2[j][0], b2[0]) };
}

// The network with some weights set, each by its name: w12 from the first input to the second neuron, v2 from there.
export function changed(net, weights) {
  const set = (name, value) => weights[name] ?? value;
  return {
    ...net,
    W1: net.W1.map((row, i) => row.map((value, j) => set(`w${i + 1}${j + 1}`, value))),
    W2: net.W2.map(([value], j) => [set(`v${j + 1}`, value)]),
  };
}

export function mapOf(net) {
  const at = Array.from({ length: SIDE }, (_, i) => (2 * i) / (SIDE - 1) - 1);
  return finer(at.map((y) => at.map((x) => passed(net, [x, y]).odds)));
}

// Drawings with one name show one network: what moves in one of them moves in all.
export class Hand {
  /** @type {any} */ spec;
  /** @type {Record<string, number>} */ weights;
  /** @type {Record<string, {x: number, y: number}>} */ places;
  /** @type {(event: CustomEvent) => void} */ hear;

  constructor(drawing) {
    this.drawing = drawing;
    this.hear = ({ detail }) => { if (this.spec && detail.name === this.spec.name) this.follow(detail); };
    document.addEventListener(MOVED, /** @type {any} */ (this.hear));
  }

  load(spec) { Object.assign(this, { spec, weights: {}, places: {} }); }

  close() { document.removeEventListener(MOVED, /** @type {any} */ (this.hear)); }

  // Whether every frame has weights of its own.
  get learns() { return this.spec?.network?.W1.length > 1; }

  // The network of the frame that is seen, as it was trained.
  trained() {
    const { W1, b1, W2, b2, activation } = this.spec.network;
    const frame = this.learns ? this.drawing.player.position : 0;
    return { W1: W1[frame], b1: b1[frame], W2: W2[frame], b2: b2[frame], activation };
  }

  isWeight(grip) { return /^[wv]\d+$/.test(grip); }

  weight(grip) {
    const net = changed(this.trained(), this.weights);
    return grip[0] === 'v' ? net.W2[grip.slice(1) - 1][0] : net.W1[grip[1] - 1][grip.slice(2) - 1];
  }

  place(grip) { return this.places[grip] ?? this.spec.places[grip]; }

  // --- what a pointer or a key asks for ---

  setWeight(grip, value) { this.tell({ weights: { [grip]: within(round(value, STEP.weight), FAR) } }); }

  setPlace(grip, { x, y }) {
    const [out, most] = [grip !== this.spec.star && Math.max(Math.abs(x), Math.abs(y)) > AWAY, 1];
    const place = out ? { x, y } : { x: within(round(x, STEP.place), most), y: within(round(y, STEP.place), most) };
    this.tell({ places: { [grip]: place } });
  }

  nudge(grip, across, up) {
    if (this.isWeight(grip)) this.setWeight(grip, this.weight(grip) + STEP.weight * (across + up));
    else {
      const { x, y } = this.place(grip);
      this.setPlace(grip, { x: within(x + STEP.place * across, 1), y: within(y + STEP.place * up, 1) });
    }
  }

  back() { this.tell({ back: true }); }

  // What is reported of a grip when it is let go; nothing if it lies as it lay.
  report(grip) {
    const frame = this.drawing.player.position;
    if (this.isWeight(grip)) return grip in this.weights ? { grip, frame, x: this.weights[grip], y: 0, gone: false } : null;
    const place = this.places[grip];
    const gone = place && Math.max(Math.abs(place.x), Math.abs(place.y)) > AWAY;
    return place ? { grip, frame, x: within(place.x, 1), y: within(place.y, 1), gone } : null;
  }

  tell(detail) { document.dispatchEvent(new CustomEvent(MOVED, { detail: { name: this.spec.name, ...detail } })); }

  follow({ weights = {}, places = {}, back = false }) {
    if (back) this.load(this.spec);
    else {
      Object.assign(this, { weights: { ...this.weights, ...weights }, places: { ...this.places, ...places } });
      if (!this.learns) this.drawing.player.goTo(this.drawing.player.last); // who moves something sees what comes of it
    }
    this.drawing.followHand();
  }

  // --- what is then seen, shape by shape ---

  // Returns what each shape shows now beside what was sent: a function of its spec.
  seen() {
    if (!this.spec.network) return (spec) => this.moved(spec);
    const net = changed(this.trained(), this.weights);
    const star = this.place(this.spec.star) ?? { x: 0, y: 0 };
    const { h, odds } = passed(net, [star.x, star.y]);
    const texts = { x1: written(star.x), x2: written(star.y), p: likely(BENDS.sigmoid(odds)) };
    h.forEach((value, j) => { texts[`h${j + 1}`] = written(value); });
    const anew = Object.keys(this.weights).length > 0;
    const map = anew ? mapOf(net) : null;
    return (spec) => {
      if (spec.kind === 'field') return spec.name && map ? { values: map } : null;
      if (spec.kind === 'line' && this.isWeight(spec.part)) return this.weights[spec.part] === undefined ? null : this.edge(spec.part);
      if (spec.part in texts) return { label: texts[spec.part], title: `${spec.part} = ${texts[spec.part]}` };
      return this.moved(spec);
    };
  }

  moved({ grip, part }) {
    const name = grip || part;
    if (this.isWeight(name) && name in this.weights) return { label: written(this.weights[name]), title: `weight ${written(this.weights[name])}` };
    const place = this.places[name];
    if (!place) return null;
    const { x0, x1, y0, y1, sides: [left, right, low, high] } = this.drawing.field();
    const [across, up] = [(place.x - left) / (right - left), (place.y - low) / (high - low)];
    return { x: x0 + across * (x1 - x0), y: y0 + up * (y1 - y0), title: `(${written(place.x)}, ${written(place.y)})` };
  }

  edge(name) {
    const { largest, positive, negative, dash } = this.spec;
    const value = this.weights[name];
    const width = 1.5 + 8.5 * Math.min(1, Math.abs(value) / largest);
    return value < 0 ? { width, color: negative, dash } : { width, color: positive, dash: '' };
  }
}
