// --- attention: brings text, heatmap, heads, bars and transport together ----------------------------------

import { mounted } from '../grid/mount.js';
import { css, readTheme, rgb, themeKey } from '../grid/theme.js';
import { element, NARROW, sizes, STAGE_HEIGHT } from '../player/stage.js';
import { Bars } from './bars.js';
import { Habits } from './habits.js';
import { Heads } from './heads.js';
import { Atlas, Heat, text } from './heat.js';
import { Link } from './link.js';
import { unpacked } from './payload.js';
import { percent, Story } from './story.js';
import { TextLine } from './text.js';
import { WritingPlayer } from './writing.js';

const LEAD = 36; // characters that are fetched ahead of the one that is seen
const PATIENCE = 8000; // ms after which a question is asked again

class Attention {
  constructor(parent) {
    this.root = element('div', 'grid attention');
    this.root.setAttribute('role', 'group');
    this.readout = element('p', 'readout');
    this.spoken = element('p', 'visually-hidden');
    this.spoken.setAttribute('role', 'status');
    this.scene = element('div', 'panes');
    this.atlas = new Atlas();
    this.line = new TextLine(this);
    this.heat = new Heat(this);
    this.heads = new Heads(this);
    this.bars = new Bars(this);
    this.habits = new Habits(this);
    this.link = new Link(this);
    this.pointed = this.lock = null;
    this.player = new WritingPlayer(this);
    this.scene.append(this.heat.node, this.heads.node, this.bars.node);
    this.root.append(this.line.node, this.habits.node, this.scene, this.player.transport.node, this.spoken);
    parent.append(this.root);
    this.root.__attention = this;
    this.root.addEventListener('keydown', (event) => { if (event.key === 'Escape' && this.lock) this.unlock(); });
    this.resizing = sizes(() => this.resize());
    this.resizing.observe(this.root);
    this.watchTheme();
  }

  watchTheme() {
    const again = () => { if (this.root.isConnected) this.dress(); };
    this.dark = window.matchMedia('(prefers-color-scheme: dark)');
    this.darkened = () => setTimeout(again, 100);
    this.dark.addEventListener('change', this.darkened);
  }

  // --- what the server sends, and what it is asked for ---

  update({ data, setTriggerValue }) {
    const message = unpacked(data);
    this.tell = setTriggerValue;
    this.waiting = 0;
    this.prefix = message.view.prefix;
    this.root.setAttribute('aria-label', message.view.alt);
    this.root.style.setProperty('--height', STAGE_HEIGHT);
    if (this.story?.stream.id !== message.stream.id) this.begin(message);
    else this.story.add(message);
    if (!this.story) return;
    this.resize(true);
    this.player.tell();
    if (this.player.wanted && this.position < this.story.last) this.player.step(1);
    else this.need();
  }

  begin(message) {
    const { base, n_layer, n_head } = message.stream;
    if (message.kept.length) { this.tell('ask', { whole: true, at: Math.round(performance.now()) }); return; }
    const other = this.story?.stream.base !== base;
    if (other) this.acted = false;
    const shape = `${n_layer} ${n_head}`;
    if (shape !== this.shape) this.head = message.view.head;
    this.shape = shape;
    if (other) this.habits.build(message.stream);
    this.story = new Story(message);
    this.player.begin(message.view.position, other);
    this.pointed = this.lock = null;
  }

  get position() { return this.player.position; }

  ask(rows = {}) {
    const now = performance.now();
    if (this.waiting && now - this.waiting < PATIENCE) return false;
    this.waiting = now;
    this.tell('ask', { kept: this.story.tokens, whole: false, ...rows, at: Math.round(now) });
    return true;
  }

  // Fetches ahead, once the visitor has begun.
  need() {
    if (this.acted && !this.story.ended && this.story.last - this.position < LEAD) this.ask();
  }

  // Fetches the attention of what is seen and is not here: that of a long text comes in parts, when it is looked at.
  fill() {
    const window = this.story.window(this.position);
    const end = this.story.missing(window, this.story.current(this.position));
    const wanted = `${this.story.stream.id} ${window} ${end}`;
    if (end && wanted !== this.filling && this.ask({ window, end })) this.filling = wanted;
  }

  // --- size and painting ---

  resize(force = false) {
    if (!this.story || !this.root.isConnected) return;
    const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
    const size = `${this.root.clientWidth} ${this.root.clientHeight} ${rem} ${this.shape}`;
    const theme = themeKey(this.root);
    if (theme !== this.themed) this.dress(true);
    if (size !== this.size) this.layOut(rem, size);
    else if (!force) return;
    this.show();
  }

  layOut(rem, size) {
    this.rem = rem;
    this.narrow = window.innerWidth < NARROW;
    this.root.classList.toggle('narrow', this.narrow);
    this.root.classList.toggle('stacked', this.root.clientWidth < NARROW);
    for (const part of /** @type {any[]} */ ([this.heat, this.heads, this.bars])) {
      const box = part.box ?? part.node;
      if (part.canvas) part.canvas.style.width = part.canvas.style.height = '0';
      const height = this.narrow ? (part === this.bars ? 24 * rem : box.clientWidth) : box.clientHeight;
      part.resize(box.clientWidth, height, rem, this.story.stream);
    }
    this.size = size;
  }

  // Reads the theme's colours anew: light, dark.
  dress(quiet = false) {
    this.themed = themeKey(this.root);
    this.theme = readTheme(this.root);
    const style = getComputedStyle(this.root);
    this.theme.brand = rgb(style.getPropertyValue('--st-primary-color').trim());
    this.theme.panel = rgb(style.getPropertyValue('--st-secondary-background-color').trim());
    this.heat.mono = style.getPropertyValue('--st-code-font').trim() || 'monospace';
    this.root.style.setProperty('--role-probabilities', css(this.theme.role.probabilities));
    this.root.style.setProperty('--role-input', css(this.theme.role.input));
    this.line.setTheme(this.theme);
    this.atlas.setTheme(this.theme);
    if (!quiet && this.story) this.show();
  }

  show() {
    const { story, position, theme } = this;
    const [layer, head] = this.head;
    const current = story.current(position);
    const active = this.active(story.window(position), current);
    this.atlas.show(story, story.window(position), current);
    const strands = this.habits.strands(this.head).map(({ place, hand }) => ({ hand, shares: story.looks(active.window, active.row, ...place) }));
    this.habits.show(this.head);
    this.line.show(story, position, active, strands, theme, this.rem);
    this.heat.say(story, layer, head);
    this.heat.show(story, position, layer, head, active, theme);
    this.heads.show(story, position, this.head, theme);
    this.bars.show(story, position, theme);
    this.say(story, active);
    this.link.soon();
    this.fill();
  }

  // What is locked or pointed at, otherwise the character that asks now; and whom it looks at.
  active(window, current) {
    const inside = (cell) => cell && cell.row >= window && cell.row <= current && (cell.col === null || cell.col >= window);
    const cell = [this.lock, this.pointed].find(inside) ?? { row: current, col: null };
    return { ...cell, window, shares: this.story.looks(window, cell.row, ...this.head) };
  }

  say(story, { row, col, window, shares }) {
    const name = (place) => `“${story.glyph(story.id(place))}”`;
    let words = '';
    if (!shares) words = 'one moment';
    else if (col !== null) words = `${name(row)} looks at ${name(col)}: ${percent(shares[col - window])}`;
    else {
      const best = [...shares.keys()].sort((a, b) => shares[b] - shares[a]).slice(0, 3).filter((i) => shares[i] >= 0.05);
      const most = best.map((i) => `${i + window === row ? 'itself' : name(i + window)} ${percent(shares[i], 0)}`);
      words = most.length ? `${name(row)} looks most at: ${most.join(', ')}` : `${name(row)} looks at all a little`;
    }
    if (window > 0) words += ` · the model sees the last ${row - window + 1} characters`;
    this.readout.replaceChildren(text(words), element('span', 'soft', this.lock ? ' · locked, Escape unlocks' : ''));
    this.heat.canvas.setAttribute('aria-label', `${words}. Move with the arrow keys, Enter locks.`);
  }

  // Who looks at whom, in the head that is seen; half of it is to come.
  tables() {
    const { story, position, head } = this;
    if (!story) return [];
    const [window, current] = [story.window(position), story.current(position)];
    const places = Array.from({ length: current - window + 1 }, (_, i) => window + i);
    const looks = places.map((place) => story.looks(window, place, ...head));
    const glyph = (place) => story.glyph(story.id(place));
    const columns = places.map((place, j) => ({ title: glyph(place), values: looks.map((row) => row?.[j] ?? null) }));
    return [{ title: `layer ${head[0] + 1}, head ${head[1] + 1}`, columns: [{ title: '', values: places.map(glyph) }, ...columns] }];
  }

  nameOf([layer, head]) {
    const habit = this.story.stream.heads[layer]?.[head];
    return `layer ${layer + 1}, head ${head + 1}${habit?.name ? ` · ${habit.name}` : ''}`;
  }

  // --- what the visitor does ---

  point(cell) {
    if (cell?.row === this.pointed?.row && cell?.col === this.pointed?.col) return;
    this.pointed = cell;
    if (!this.lock && this.story) this.show();
  }

  lockAt(cell) {
    this.lock = cell && !(this.lock?.row === cell.row && this.lock?.col === cell.col) ? cell : null;
    this.show();
  }

  unlock() {
    this.lock = null;
    this.show();
  }

  choose(head) {
    this.head = head;
    this.show();
  }

  act() {
    this.acted = true;
    this.pointed = null;
  }

  announce() {
    if (!this.position) { this.spoken.textContent = 'The prompt.'; return; }
    const id = this.story.tokens[this.position - 1];
    this.spoken.textContent = `${this.story.spoken(id)}, ${percent(this.story.draw(this.position).probabilities[id])}`;
  }

  // Takes a character by hand in place of the newest one, and goes on from there.
  take(id) {
    this.player.pause();
    this.act();
    const position = Math.max(1, this.position);
    if (this.story.tokens[position - 1] !== id) {
      this.story.take(position, id);
      this.atlas.forget(this.story.prompt + position - 1 - this.atlas.window);
      this.waiting = 0;
    }
    this.player.position = position;
    this.show();
    this.player.tell();
    this.need();
    this.announce();
  }

  // Other dice for all that comes after the character that is seen.
  again() {
    this.player.pause();
    this.act();
    this.tell('again', { kept: this.story.tokens.slice(0, this.position), position: this.position, at: Math.round(performance.now()) });
  }

  receipt(id) {
    const { story, position } = this;
    const context = [...story.stream.prompt, ...story.tokens.slice(0, Math.max(0, position - 1))];
    this.tell('receipt', { context, token: id, at: Math.round(performance.now()) });
  }

  close() {
    this.player.close();
    this.resizing.disconnect();
    this.dark.removeEventListener('change', this.darkened);
    this.root.remove();
  }
}

export default mounted(Attention);
