// --- apart: marks that would cover each other stand beside each other, each on a line to its place ---------

import { bytesOf } from '../coded.js';

const ROUNDS = 80; // in which marks give way, at most
const NEAREST = 3; // others that are told beside a place

// Numbers as Plotly's package sends them, in rows.
function numbersOf({ bdata, dtype, shape }) {
  const bytes = bytesOf(bdata);
  const values = new { f4: Float32Array, f8: Float64Array }[dtype](bytes.buffer);
  const [, letters, axes] = shape.split(',').map(Number);
  const at = (i) => Array.from(values.subarray(i * axes, (i + 1) * axes));
  return Array.from({ length: values.length / axes / letters }, (_, frame) => Array.from({ length: letters }, (_, i) => at(frame * letters + i)));
}

// Two marks that overlap give way to each other, along the axis on which less is needed.
function push(at, i, j, least) {
  const away = [0, 1].map((axis) => at[j][axis] - at[i][axis]);
  const over = away.map((distance) => least - Math.abs(distance));
  if (Math.min(...over) <= 0) return false;
  const axis = over[0] < over[1] ? 0 : 1;
  const half = (away[axis] < 0 ? -1 : 1) * (over[axis] / 2 + 0.01);
  at[i][axis] -= half;
  at[j][axis] += half;
  return true;
}

const clear = (a, b, least) => Math.max(Math.abs(a[0] - b[0]), Math.abs(a[1] - b[1])) >= least;

// Where all have pushed in vain, each in turn takes the nearest place that those before it have left free.
function seated(at, least, [width, height]) {
  const side = least / 2;
  const grid = [];
  for (let x = side; x <= width - side; x += least / 4) for (let y = side; y <= height - side; y += least / 4) grid.push([x, y]);
  const taken = [];
  at.forEach((place) => {
    const free = [place, ...grid].filter((seat) => taken.every((other) => clear(seat, other, least)));
    const far = ([x, y]) => Math.hypot(x - place[0], y - place[1]);
    taken.push(free.reduce((best, seat) => (far(seat) < far(best) ? seat : best), free[0] ?? place));
  });
  return taken;
}

// Places in px, moved so that squares around any two do not overlap, and none reaches beyond the sides.
export function apart(places, least, size) {
  const [width, height] = size;
  const at = places.map((place) => [...place]);
  const side = least / 2;
  const within = ([x, y]) => [Math.max(side, Math.min(width - side, x)), Math.max(side, Math.min(height - side, y))];
  let moving = true;
  for (let round = 0; moving && round < ROUNDS; round += 1) {
    moving = false;
    for (let i = 0; i < at.length; i += 1) for (let j = i + 1; j < at.length; j += 1) moving = push(at, i, j, least) || moving;
    at.forEach((place, i) => { at[i] = within(place); });
  }
  return moving ? seated(at, least, size) : at;
}

const written = (value, places = 2) => value.toFixed(places).replace('-', '\u2212');

// The letters of a figure, which all its traces share, and what is drawn of them in a frame.
export class Spread {
  /** @type {number[][][]} */ frames;
  /** @type {number} */ least;

  constructor({ places, least }, traces) {
    Object.assign(this, { frames: numbersOf(places), least });
    this.names = traces.flatMap(({ text }) => text);
    this.owner = traces.flatMap(({ text }, trace) => text.map(() => trace));
  }

  // The names and places of the letters in a frame, but of hidden traces.
  seen(frame, hidden, traces) {
    const kept = this.names.map((_, i) => i).filter((i) => !hidden(traces[this.owner[i]]));
    return [kept.map((i) => this.names[i]), kept.map((i) => this.frames[Math.round(frame)][i])];
  }

  // What is said of a letter: where it stands, and who is near.
  told(now, i) {
    const others = now.map(([x, y], j) => ({ name: this.names[j], far: Math.hypot(x - now[i][0], y - now[i][1]), j }));
    const near = others.filter(({ j }) => j !== i).sort((a, b) => a.far - b.far).slice(0, NEAREST);
    return `${this.names[i]} (${now[i].map((value) => written(value)).join(', ')})<br>nearest: ${near.map(({ name, far }) => `${name} ${written(far)}`).join(' \u00b7 ')}`;
  }

  // What the lines, the dots and the letters of a figure are in a frame.
  drawn(frame, px, view, hidden) {
    const now = this.frames[frame];
    const seen = now.map((place, i) => i).filter((i) => !hidden(this.owner[i]) && view.holds(now[i]));
    const own = seen.map((i) => view.pixel(now[i]));
    const spread = apart(own, this.least * px, view.size);
    const shown = [...now];
    const lines = { x: [], y: [] };
    const dots = { x: [null], y: [null] }; // a trace without points would leave the legend
    seen.forEach((i, k) => {
      shown[i] = view.place(spread[k]);
      if (Math.hypot(spread[k][0] - own[k][0], spread[k][1] - own[k][1]) < (this.least * px) / 2) return; // it covers its place
      lines.x.push(now[i][0], shown[i][0], null);
      lines.y.push(now[i][1], shown[i][1], null);
      dots.x.push(now[i][0]);
      dots.y.push(now[i][1]);
    });
    const traces = [...new Set(this.owner)].map((trace) => {
      const members = this.owner.flatMap((owner, i) => (owner === trace ? [i] : []));
      return { x: members.map((i) => shown[i][0]), y: members.map((i) => shown[i][1]), hovertext: members.map((i) => this.told(now, i)) };
    });
    return [lines, dots, ...traces];
  }
}

// Between the numbers of a figure's axes and pixels of its place.
export function viewOf({ xaxis, yaxis, margin }, width, height) {
  const [across, up] = [width - margin.l - margin.r, height - margin.t - margin.b];
  const share = ({ range: [low, high] }, value) => (value - low) / (high - low);
  const number = ({ range: [low, high] }, part) => low + part * (high - low);
  return {
    size: [across, up],
    holds: ([x, y]) => [share(xaxis, x), share(yaxis, y)].every((part) => part >= 0 && part <= 1),
    pixel: ([x, y]) => [share(xaxis, x) * across, (1 - share(yaxis, y)) * up],
    place: ([x, y]) => [number(xaxis, x / across), number(yaxis, 1 - y / up)],
  };
}
