// --- panel: what stands beside the picture, and the readout ---------------------------------------------

import { element } from '../player/stage.js';
import { Walk } from './frames.js';
import { colName, counted, entries, rowName } from './links.js';
import { enough, equals, grouped, read, spoken, visible } from './numbers.js';

const written = (value, ...how) => (Number.isNaN(value) ? '?' : spoken(value, ...how));

// The multiplications that make one number, one a line, and their sum.
export class Ledger {
  constructor(grid) {
    this.grid = grid;
    this.node = element('div', 'ledger');
  }

  // `now` is {link, row, col, done, current}; without `done` all products are shown.
  show(now) {
    if (!now) { this.node.replaceChildren(element('p', 'hint', this.hint())); return; }
    let most = Math.max(3, Math.floor((this.grid.panelHeight() - 9 * this.grid.rem) / (1.9 * this.grid.rem)));
    do this.node.replaceChildren(...this.filled(now, most)); while (this.overflows() && (most -= 1) >= 1);
  }

  // Whether the sum at the end would be cut off; the height of a line depends on how many there are.
  overflows() { return this.grid.side.scrollHeight > this.grid.side.clientHeight; }

  hint() {
    if (this.grid.frames instanceof Walk) return 'Each step multiplies two numbers and adds the product to the sum.';
    const product = this.grid.links.find((l) => l.kind === 'product');
    return `Choose a number of ${this.grid.matrices[product.out].name} to see the products that make it.`;
  }

  filled(now, most) {
    const list = entries(this.grid, now);
    const { left, right, out } = list[0];
    const done = now.done ?? (out.covers(now.row, now.col) ? 0 : list.length);
    const current = now.current ?? -1;
    const factors = `${rowName(left, now.row)} · ${colName(right, now.col)}`;
    const heading = this.grid.sentence() === factors ? [] : [element('p', 'heading', factors)];
    const [from, to] = this.window(list.length, current, most);
    const lines = list.slice(from, to).map((e, i) => this.line(e, from + i < done, from + i === current));
    const rest = list.length - (to - from);
    if (rest) lines.push(element('p', 'rest', `… and ${counted(rest, 'more product')}`));
    const total = element('div', 'total');
    const value = done ? written(list[done - 1].sum, done === list.length ? out.decimals : null) : '';
    total.append(element('span', 'word', done < list.length ? 'sum so far' : 'sum'), element('span', out.role, value));
    this.node.style.setProperty('--lines', list.length);
    return [...heading, ...lines, total];
  }

  line(e, known, current) {
    const row = element('div', `line${known ? '' : ' ahead'}${current ? ' current' : ''}`);
    const product = written(e.product);
    const factors = (places) => [e.a, e.b].map((value) => written(value, null, places));
    const gives = (places) => { const [a, b] = factors(places).map(read); return a * b; };
    const places = enough(gives, product);
    const [a, b] = factors(places);
    row.append(
      element('span', e.left.role, a), element('span', 'sign', '×'), element('span', e.right.role, b),
      element('span', 'sign', known ? equals(gives(places), product) : '='), element('span', e.out.role, known ? product : ''),
    );
    return row;
  }

  // At most so many lines; they follow the current one.
  window(count, current, most) {
    if (count <= most) return [0, count];
    const from = Math.max(0, Math.min(current - Math.floor(most / 2), count - most));
    return [from, from + most];
  }
}

// The name that was counted last, its pairs, and what is most frequent so far.
export class Tally {
  constructor(frames) {
    this.frames = frames;
    this.node = element('div', 'tally');
    this.counter = element('p', 'heading');
    this.title = element('p', 'title');
    this.chips = element('div', 'chips');
    this.bars = element('div', 'bars');
    this.bars.style.setProperty('--bar', `var(--role-${frames.m.role})`);
    this.node.append(this.counter, this.title, this.chips, element('p', 'heading', 'most frequent so far'), this.bars);
  }

  show(position) {
    const now = this.frames.now(position);
    this.counter.textContent = this.frames.counter(position);
    this.spell(now);
    this.pairs(now);
    this.ranking();
  }

  spell(now) {
    const text = now ? [...visible(now.title)] : [];
    if (!now || !this.frames.within) this.title.textContent = text.join('') || '\u00a0';
    else this.title.replaceChildren(...this.letters(now));
    const length = this.title.textContent.length;
    this.title.style.setProperty('--letters', Math.max(9, length));
  }

  // The whole name with its ends, the pair that was counted last underlined.
  letters(now) {
    const first = this.frames.starts[now.frame];
    const glyphs = [this.frames.pair(first)[0]];
    for (let cell = first; cell < now.end; cell += 1) glyphs.push(this.frames.pair(cell)[1]);
    const at = now.to - 1 - first;
    return glyphs.map((glyph, i) => element('span', i === at ? 'pair input' : i === at + 1 ? 'pair weights' : '', glyph));
  }

  pairs(now) {
    const count = now ? now.to - now.from : 0;
    while (this.chips.children.length > count) this.chips.lastChild.remove();
    while (this.chips.children.length < count) {
      const chip = element('span', 'chip');
      chip.append(element('span', 'input'), element('span', 'weights'), element('span', 'plus'));
      this.chips.append(chip);
    }
    for (let i = 0; i < count; i += 1) this.chip(this.chips.children[i], this.frames.pair(now.from + i), now.weight, i === count - 1);
  }

  chip(node, [a, b], weight, newest) {
    node.children[0].textContent = a;
    node.children[1].textContent = b;
    node.children[2].textContent = ` +${grouped(weight)}`;
    node.classList.toggle('newest', newest);
  }

  ranking() {
    const most = this.frames.most(6);
    while (this.bars.children.length > most.length) this.bars.lastChild.remove();
    while (this.bars.children.length < most.length) {
      const row = element('div', 'bar');
      row.append(element('span', 'pairname'), element('span', 'length'), element('span', 'value'));
      this.bars.append(row);
    }
    most.forEach(({ pair, value }, i) => {
      const [name, length, number] = this.bars.children[i].children;
      name.textContent = pair.join('');
      length.style.setProperty('--part', value / most[0].value);
      number.textContent = grouped(value);
    });
  }
}

// The sentence of a stage and its formula.
export class Script {
  constructor(frames) {
    this.frames = frames;
    this.node = element('div', 'script');
    this.node.append(element('p', 'sentence'), element('p', 'formula'));
  }

  show(position) {
    const stage = this.frames.now(position);
    this.node.children[0].textContent = stage.title;
    this.node.children[1].textContent = stage.formula;
  }
}

// The matrices for those who do not see them: a table each if they are small, otherwise a summary.
const TABLE_CELLS = 400;

export function inWords(m) {
  if (m.height * m.width > TABLE_CELLS) return element('p', '', summary(m));
  const table = element('table');
  table.append(element('caption', '', `${m.label}, ${m.role}`));
  for (let row = m.cols.length ? -1 : 0; row < m.height; row += 1) {
    const line = element('tr');
    if (m.rows.length) line.append(row < 0 ? element('td') : element('th', '', m.rows[row]));
    for (let col = 0; col < m.width; col += 1) line.append(row < 0 ? element('th', '', m.cols[col]) : element('td', '', m.say(row, col)));
    table.append(line);
  }
  return table;
}

function summary(m) {
  const order = [...m.values.keys()].filter((i) => !Number.isNaN(m.values[i])).sort((a, b) => m.values[b] - m.values[a]);
  const name = (i) => `${m.where(Math.floor(i / m.width), i % m.width)}: ${spoken(m.values[i], m.decimals)}`;
  return `${m.label} (${m.role}), ${m.height} rows and ${m.width} columns. Largest: ${order.slice(0, 5).map(name).join('; ')}.`;
}
