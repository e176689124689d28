// --- guesses: the most probable next letters as bars; each keeps its bar and moves to its place -------------

import { element } from '../player/stage.js';

const MOST = 12; // letters in sight
const CEILINGS = [0.25, 0.5, 1]; // what a full bar stands for

const percent = (share) => `${(100 * share).toFixed(1)}%`;

export class Guesses {
  /** @type {string[]} */ symbols;

  constructor(pick) {
    this.pick = pick;
    this.node = element('section', 'guesses');
    this.heading = element('h2');
    this.full = element('span', 'full');
    this.list = element('div', 'list');
    const head = element('div', 'head');
    head.append(this.heading, this.full);
    this.node.append(head, this.list);
  }

  load(heading, symbols) {
    this.heading.textContent = heading;
    if (JSON.stringify(symbols) === JSON.stringify(this.symbols)) return;
    this.symbols = symbols;
    this.bars = symbols.map((symbol, i) => this.bar(symbol, i));
    this.list.replaceChildren(...this.bars);
  }

  bar(symbol, i) {
    const button = Object.assign(element('button', 'guess'), { type: 'button', title: 'Open the receipt' });
    const track = element('span', 'track');
    track.append(element('i', 'after'), element('i', 'before'));
    button.append(element('b', '', symbol), track, element('span', 'share'));
    button.onclick = () => this.pick(i);
    return button;
  }

  // The same rule as ui/scenes/training.py: who was or is among the most probable, the most probable first.
  show(after, before) {
    const large = (i) => Math.max(after[i], before[i]);
    this.order = this.symbols.map((_, i) => i).sort((a, b) => large(b) - large(a)).slice(0, MOST);
    const full = CEILINGS.find((ceiling) => large(this.order[0]) <= ceiling) ?? 1;
    this.full.textContent = `a full bar: ${percent(full).replace('.0', '')}`;
    this.bars.forEach((bar, i) => {
      const rank = this.order.indexOf(i);
      bar.hidden = rank < 0;
      bar.style.setProperty('--rank', rank);
      bar.style.setProperty('--after', after[i] / full);
      bar.style.setProperty('--before', before[i] / full);
      bar.lastChild.textContent = `${percent(after[i])} (was ${percent(before[i])})`;
    });
    this.list.style.setProperty('--rows', this.order.length);
    this.after = after;
  }
}
