// --- listing: a table of which only the rows that are seen stand in the page ------------------------------

import { handOut } from '../along/file.js';
import { mounted } from '../grid/mount.js';
import { grouped } from '../grid/numbers.js';
import { made } from '../names/shared.js';
import { Moment } from '../player/moment.js';
import { columnOf, folded, found, LONG, longest, sorted } from './columns.js';
import { csvOf } from './export.js';

const FEW = 15; // rows that need no search
const SPARE = 12; // rows drawn above and below those that are seen
const TURNS = { ascending: 'descending', descending: 'none', none: 'ascending' };
const SHORT = { ascending: 'up', descending: 'down' }; // as the address says it
const NAMED = { up: 'ascending', down: 'descending' };
const MOVES = { ArrowDown: 1, ArrowUp: -1, Home: -Infinity, End: Infinity };

function spacer() {
  const row = made('tr', 'spacer');
  row.setAttribute('aria-hidden', 'true');
  return row;
}

class Listing {
  /** @type {HTMLTableSectionElement} */ head;
  /** @type {HTMLElement} */ body;
  /** @type {HTMLElement} */ above;
  /** @type {HTMLElement} */ below;

  constructor(parent) {
    this.root = made('div', 'listing');
    this.bar = made('div', 'bar');
    this.search = Object.assign(made('input'), { type: 'search', placeholder: 'search', spellcheck: false, maxLength: 100 });
    this.search.setAttribute('aria-label', 'Search in the table');
    this.count = made('span', 'count');
    this.count.setAttribute('role', 'status');
    this.save = this.button('CSV', 'Save the rows as CSV', () => handOut(`${this.data.name}.csv`, csvOf(this.columns, this.order)));
    this.whole = this.button('Full view', '', () => this.turnWhole());
    this.bar.append(this.search, this.count, this.save, this.whole);
    this.box = made('div', 'box');
    this.table = Object.assign(made('table'), { tabIndex: 0, role: 'grid' });
    [this.head, this.body] = [made('thead'), made('tbody')];
    [this.above, this.below] = [spacer(), spacer()];
    this.table.append(this.head, this.body);
    this.nothing = made('p', 'nothing');
    this.box.append(this.table, this.nothing);
    this.root.append(this.bar, this.box);
    this.view = made('dialog'); // over everything, as large as the window
    parent.append(this.root, this.view);
    this.top = 0;
    this.moment = new Moment(this.root);
    this.listen();
  }

  button(text, told, onclick) {
    const button = Object.assign(made('button', 'act', text), { type: 'button', onclick });
    if (told) button.setAttribute('aria-label', told);
    return button;
  }

  // The same table in a window of its own; Escape brings it back.
  turnWhole() {
    if (this.view.open) { this.view.close(); return; }
    this.view.append(this.root);
    this.view.showModal();
    this.moved('Close');
  }

  back() {
    this.view.before(this.root);
    this.moved('Full view');
    this.whole.focus();
  }

  // What is moved in the page forgets how far it was scrolled.
  moved(next) {
    this.whole.textContent = next;
    this.box.scrollTop = this.top;
    this.scrolled();
  }

  listen() {
    this.view.onclose = () => this.back();
    this.search.oninput = () => this.arrange();
    this.search.onkeydown = (event) => this.typed(event);
    this.table.onkeydown = (event) => this.pressed(event);
    this.body.onclick = (event) => this.clicked(event);
    this.body.onpointerover = ({ target }) => this.tell(target.closest('td, th'));
    this.box.onscroll = () => this.scrolled();
    this.resizing = new ResizeObserver(() => this.resize());
    this.resizing.observe(this.root);
  }

  // Streamlit hands over the same object as long as nothing has changed. Another table is looked at anew.
  update({ data }) {
    if (data === this.data) return;
    if (this.search.value && JSON.stringify(data.columns) !== JSON.stringify(this.data.columns)) this.search.value = '';
    this.data = data;
    if (this.moment.arrives()) this.recall();
    this.columns = data.columns.map(columnOf);
    this.rows = this.columns[0]?.values.map((_, row) => row) ?? [];
    this.texts = null;
    this.chosen = null;
    for (const node of [this.table, this.view]) node.setAttribute('aria-label', data.alt);
    this.root.classList.toggle('sized', data.height > 0);
    this.root.style.setProperty('--height', data.height);
    this.bar.hidden = this.rows.length <= FEW;
    if (this.bar.hidden) this.search.value = '';
    if (!this.columns.some(({ title }) => title === this.sort?.title)) this.sort = null;
    this.dress();
  }

  // What was searched for, and what the rows were sorted by, when this was seen last.
  recall() {
    const [, direction, title] = this.moment.recall('by').match(/^(up|down)\.(.+)$/) ?? [];
    this.search.value = this.moment.recall('find').slice(0, this.search.maxLength);
    this.sort = title ? { title, direction: NAMED[direction] } : null;
  }

  keep() {
    const { title, direction } = this.sort ?? {};
    this.moment.keep('find', this.search.value.trim());
    this.moment.keep('by', direction in SHORT ? `${SHORT[direction]}.${title}` : '');
  }

  // The head, and a row of no height with the longest texts, which gives the columns their widths.
  dress() {
    const titles = made('tr');
    titles.append(...this.columns.map((column) => this.heading(column)));
    this.head.replaceChildren(titles);
    const widths = spacer();
    widths.className = 'widths';
    widths.append(...this.columns.map((column) => {
      const texts = longest(column);
      const letters = texts[0]?.length ?? 0;
      const cell = made('td', letters > LONG ? `${column.kind} long` : column.kind, texts.join('\n'));
      cell.style.setProperty('--letters', letters);
      return cell;
    }));
    this.drawn = new Map();
    this.body.replaceChildren(widths, this.above, this.below);
    this.arrange();
  }

  heading(column) {
    const cell = made('th', column.kind);
    cell.scope = 'col';
    const button = made('button', '', column.title);
    button.type = 'button';
    button.onclick = () => this.turn(column.title);
    cell.append(button);
    cell.setAttribute('aria-sort', this.direction(column.title));
    return cell;
  }

  direction(title) {
    return this.sort?.title === title ? this.sort.direction : 'none';
  }

  tables() { return this.columns.length ? [{ columns: this.columns, rows: this.order }] : []; }

  turn(title) {
    this.sort = { title, direction: TURNS[this.direction(title)] };
    this.columns.forEach((column, i) => this.head.rows[0].cells[i].setAttribute('aria-sort', this.direction(column.title)));
    this.arrange();
  }

  // Which rows are to be seen, in which order.
  arrange() {
    const asked = folded(this.search.value.trim());
    if (asked) this.texts ??= this.rows.map((row) => found(this.columns, row));
    const rows = asked ? this.rows.filter((row) => this.texts[row].includes(asked)) : this.rows;
    const by = this.columns.find(({ title }) => this.direction(title) !== 'none');
    this.order = by ? sorted(rows, by, this.sort.direction === 'ascending' ? 1 : -1) : rows;
    const [shown, here, all] = [rows.length, this.rows.length, this.data.rows].map(grouped);
    const those = this.rows.length < this.data.rows ? `the first ${here} of ${all} rows` : `${all} rows`;
    this.count.textContent = asked ? `${shown} of ${those}` : those;
    this.nothing.textContent = this.rows.length ? `No row has “${this.search.value.trim()}”.` : this.data.empty;
    this.nothing.hidden = rows.length > 0;
    this.table.hidden = this.rows.length === 0;
    this.table.setAttribute('aria-rowcount', rows.length + 1);
    this.choose(null);
    this.scroll(0);
    this.draw();
    this.keep();
  }

  // To ask where one is costs a layout: it is kept in mind.
  scroll(top) {
    if (top === this.top) return;
    this.box.scrollTop = top;
    this.top = this.box.scrollTop;
  }

  scrolled() {
    this.top = this.box.scrollTop;
    this.draw();
  }

  resize() {
    const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
    const lines = parseFloat(getComputedStyle(this.root).getPropertyValue('--lines'));
    this.height = Math.round(lines * rem); // whole pixels, so that rows add up
    this.root.style.setProperty('--row', `${this.height}px`);
    this.seen = this.root.clientHeight; // of the rows at most
    this.draw();
  }

  // A chosen row may be taller than the others, by ``extra``.
  draw() {
    if (!this.seen) return;
    const from = Math.max(0, Math.floor((this.top - this.extra) / this.height) - SPARE);
    const to = Math.min(this.order.length, Math.ceil((this.top + this.seen) / this.height) + SPARE);
    this.fill(from, to);
    const place = this.chosen === null ? -1 : this.order.indexOf(this.chosen);
    const extra = (inside) => (place >= 0 && inside ? this.extra : 0);
    this.above.style.height = `${from * this.height + extra(place < from)}px`;
    this.below.style.height = `${(this.order.length - to) * this.height + extra(place >= to)}px`;
  }

  // Rows that stay keep their nodes, and with them a selection of text.
  fill(from, to) {
    const rows = this.order.slice(from, to);
    const wanted = new Set(rows);
    for (const [row, node] of this.drawn) {
      if (!wanted.has(row)) { node.remove(); this.drawn.delete(row); }
    }
    let last = this.above;
    rows.forEach((row, i) => {
      if (!this.drawn.has(row)) this.drawn.set(row, this.line(row));
      const node = this.drawn.get(row);
      if (last.nextSibling !== node) last.after(node);
      node.setAttribute('aria-rowindex', from + i + 2); // the head is the first
      last = node;
    });
  }

  line(row) {
    const line = made('tr');
    line.id = `row-${row}`;
    line.append(...this.columns.map((column, i) => {
      const cell = made(i ? 'td' : 'th', column.kind);
      if (!i) cell.scope = 'row';
      if (column.kind === 'mark') cell.append(...marked(column.values[row]));
      else cell.textContent = column.text(row);
      return cell;
    }));
    line.setAttribute('aria-selected', row === this.chosen);
    return line;
  }

  // One row can be chosen: its texts are wrapped, not cut.
  choose(row) {
    const before = this.drawn.get(this.chosen);
    before?.setAttribute('aria-selected', 'false');
    this.chosen = row;
    this.extra = 0;
    if (row === null) this.table.removeAttribute('aria-activedescendant');
    else this.table.setAttribute('aria-activedescendant', `row-${row}`);
    const node = this.drawn.get(row);
    node?.setAttribute('aria-selected', 'true');
  }

  show(place) {
    const row = this.order[place];
    this.choose(row);
    this.reveal(place);
    this.draw();
    this.extra = this.drawn.get(row).offsetHeight - this.height;
    this.reveal(place);
  }

  reveal(place) {
    const top = place * this.height;
    const least = top + this.height + this.extra - (this.box.clientHeight - this.height); // below the head
    this.scroll(Math.min(top, Math.max(this.top, least)));
  }

  clicked({ target, detail }) {
    const line = target.closest('tr[id]');
    const { type } = this.root.getRootNode().getSelection?.() ?? document.getSelection();
    if (!line || detail > 1 || type === 'Range') return; // a text is being selected
    const row = Number(line.id.slice('row-'.length));
    if (row === this.chosen) this.release();
    else this.show(this.order.indexOf(row));
  }

  release() {
    this.choose(null);
    this.draw();
  }

  // PageDown and PageUp turn the scenes, so that they are not heard here.
  pressed(event) {
    if (event.target !== this.table || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
    const last = this.order.length - 1;
    if (event.key in MOVES && last >= 0) {
      const place = this.chosen === null ? -1 : this.order.indexOf(this.chosen);
      this.show(Math.min(last, Math.max(0, place + MOVES[event.key])));
    } else if (event.key === 'Escape' && this.chosen !== null) this.release();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  // What is typed is for this field alone: Streamlit has keys of its own.
  typed(event) {
    event.stopPropagation();
    if (event.key !== 'ArrowDown' || !this.order.length) return;
    event.preventDefault();
    this.table.focus();
    this.show(0);
  }

  tell(cell) {
    if (cell) cell.title = cell.scrollWidth > cell.clientWidth ? cell.textContent : '';
  }

  close() {
    this.resizing.disconnect();
    this.root.remove();
    this.view.remove();
  }
}

function marked(value) {
  const mark = made('span', '', value ? '\u2713' : '');
  mark.setAttribute('aria-hidden', 'true');
  return [mark, made('span', 'visually-hidden', value ? 'yes' : 'no')];
}

export default mounted(Listing);
