// --- habits: heads by what they do, to be followed beside the chosen one ------------------------------------------

import { element } from '../player/stage.js';
import { DASHES, HANDS } from './threads.js';

const NONE = new Set(['', 'no single habit', 'spread evenly']);
const FIRST = ['one back', 'start of the word']; // followed at first, where a model has such heads
const OFFERED = 7;

export class Habits {
  constructor(view) {
    this.view = view;
    this.node = element('div', 'habits');
    this.node.setAttribute('role', 'group');
    this.node.setAttribute('aria-label', 'Heads whose threads are drawn, by their habits');
    this.followed = []; // [layer, head] each, at the place of its colour; null where a colour is free
  }

  // For each habit the head that follows it most, the most faithful first.
  build({ heads }) {
    const best = new Map();
    heads.forEach((row, layer) => row.forEach(({ name, share }, head) => {
      if (!NONE.has(name) && !(best.get(name)?.share >= share)) best.set(name, { name, share, place: [layer, head] });
    }));
    this.offered = [...best.values()].sort((a, b) => b.share - a.share).slice(0, OFFERED);
    const first = this.offered.filter(({ name }) => FIRST.includes(name));
    this.followed = [1, 2, 3].map((hand) => first[hand - 1]?.place ?? null);
    this.own = this.chip('');
    this.chips = this.offered.map(({ name, place }) => {
      const chip = this.chip(`${name} ${place[0] + 1}.${place[1] + 1}`);
      chip.onclick = () => this.toggle(place);
      return chip;
    });
    this.node.replaceChildren(this.own, ...this.chips);
    this.own.onclick = () => this.view.heads.canvas.focus();
  }

  chip(words) {
    const chip = Object.assign(document.createElement('button'), { type: 'button', className: 'habit' });
    chip.append(swatch(), element('span', '', words));
    return chip;
  }

  toggle(place) {
    const at = this.hand(place);
    if (at) this.followed[at - 1] = null;
    else {
      const free = this.followed.indexOf(null);
      this.followed[free < 0 ? this.followed.length - 1 : free] = place;
    }
    this.view.show();
  }

  // Which of the colours a head has; 0 for none but that of the chosen head.
  hand(place) { return this.followed.findIndex((one) => one && String(one) === String(place)) + 1; }

  // The heads that are drawn: the chosen one, and those that are followed beside it.
  strands(chosen) {
    const others = this.followed.map((place, i) => ({ place, hand: i + 1 }));
    return [{ place: chosen, hand: 0 }, ...others.filter(({ place }) => place && String(place) !== String(chosen))];
  }

  show(chosen) {
    const [layer, head] = chosen;
    this.own.lastChild.textContent = `chosen: head ${layer + 1}.${head + 1}`;
    dress(this.own, 0);
    this.offered.forEach(({ place }, i) => {
      const hand = this.hand(place);
      dress(this.chips[i], hand || null);
      this.chips[i].setAttribute('aria-pressed', String(hand > 0));
    });
  }
}

// A piece of a thread, as it is drawn over the text.
function swatch() {
  const [picture, line] = ['svg', 'line'].map((name) => document.createElementNS('http://www.w3.org/2000/svg', name));
  Object.entries({ viewBox: '0 0 40 6', 'aria-hidden': 'true' }).forEach(([name, value]) => picture.setAttribute(name, value));
  Object.entries({ x1: '0', x2: '40', y1: '3', y2: '3' }).forEach(([name, value]) => line.setAttribute(name, value));
  picture.append(line);
  return picture;
}

function dress(chip, hand) {
  chip.dataset.hand = hand === null ? '' : HANDS[hand];
  chip.querySelector('line').setAttribute('stroke-dasharray', hand === null ? 'none' : DASHES[hand].join(' '));
}
