// --- flow: brings the text, the map, what comes next and the transport together ---------------------------------

import { unpacked } from '../attention/payload.js';
import { mounted } from '../grid/mount.js';
import { exact } from '../grid/numbers.js';
import { readTheme, themeKey } from '../grid/theme.js';
import { Moment, wholes } from '../player/moment.js';
import { element, NARROW, sizes, STAGE_HEIGHT } from '../player/stage.js';
import { STREAMLIT } from '../streamlit_inside.js';
import { Film, FlowPlayer } from './film.js';
import { Images } from './images.js';
import { Letters } from './letters.js';
import { FlowMap } from './map.js';
import { Opened } from './opened.js';
import { Passed } from './passed.js';
import { Why } from './why.js';

class Flow {
  constructor(parent) {
    this.root = element('div', 'grid flow');
    this.root.setAttribute('role', 'group');
    this.told = element('p', 'told');
    this.letters = new Letters(this);
    this.map = new FlowMap(this);
    this.why = new Why(this);
    this.opened = new Opened(this);
    this.scene = element('div', 'way');
    this.scene.append(this.map.node, this.why.node);
    this.spoken = element('p', 'visually-hidden');
    this.spoken.setAttribute('role', 'status');
    this.player = new FlowPlayer(this.root, () => this.show(), (playing) => { if (playing) this.shut(); });
    this.root.append(this.told, this.letters.node, this.scene, this.player.transport.node, this.opened.node, this.spoken);
    parent.append(this.root);
    this.root.__flow = this;
    this.moment = new Moment(this.root);
    this.escape = (event) => { if (event.key === 'Escape' && this.root.isConnected) this.shut(); };
    document.addEventListener('keydown', this.escape);
    this.resizing = sizes(() => this.resize());
    this.resizing.observe(this.scene);
  }

  // --- what the server sends, and what it is asked for ---

  update({ data, setTriggerValue }) {
    this.tell = setTriggerValue;
    const passed = new Passed(unpacked(data));
    this.root.style.setProperty('--height', STAGE_HEIGHT);
    if (!passed.shades && this.held?.id !== passed.id) { this.tell('ask', { known: '', position: null }); return; }
    this.take(passed);
    if (passed.shades) this.hold(passed);
    else this.dressImages();
    this.resize(true);
  }

  take(passed) {
    const other = this.passed?.id !== passed.id;
    const moved = other || this.passed?.position !== passed.position;
    this.passed = passed;
    this.film = withMade(new Film(passed.stages));
    this.why.load(passed);
    if (this.moment.arrives() || other) this.recall();
    else if (moved) this.candidate = passed.best[0];
    if (moved) this.wanted = null;
    this.remember();
    this.player.load(this.film, this.film.stops[0], Boolean(this.shape === this.film.last)); // the text has its numbers
    this.shape = this.film.last;
    this.player.describe(this.map.canvas, passed.alt);
  }

  // The shades of a text are unfolded once, beside everything else; until then its strips are empty frames.
  hold(passed) {
    const { id } = passed;
    this.held = { id };
    this.images = null;
    passed.unfold().then((shades) => {
      if (this.held?.id !== id || !this.root.isConnected) return;
      this.held.shades = shades;
      this.dressImages();
      this.resize(true);
    });
  }

  dressImages() {
    this.theme = readTheme(this.root);
    this.narrow = window.innerWidth < NARROW;
    this.letters.dress(this.theme);
    this.images = this.held?.shades ? new Images(this.passed, this.held.shades, this.theme, !this.narrow) : null;
  }

  get known() { return this.held?.shades ? this.held.id : ''; }

  // --- what is followed ---

  recall() {
    const [, head, candidate] = wholes(this.moment.recall('follow'), 3) ?? [];
    const { n_head, V, best } = this.passed;
    this.head = head <= n_head ? head : 0;
    this.candidate = candidate > 0 && candidate <= V ? candidate - 1 : best[0];
  }

  remember() {
    const { passed, head, candidate } = this;
    const told = [passed.position === passed.T - 1 ? 0 : passed.position + 1, head, candidate === passed.best[0] ? 0 : candidate + 1];
    this.moment.keep('follow', told.some(Boolean) ? told.join('.') : '');
  }

  follow(position) {
    if (position === this.passed.position) return;
    this.player.pause();
    this.tell('ask', { known: this.known, position });
  }

  followHead(head) {
    this.head = head;
    this.remember();
    this.again();
  }

  followCandidate(id) {
    this.candidate = id;
    this.remember();
    this.again();
  }

  // --- one stage, opened in place ---

  open(name, number = null) {
    this.player.pause();
    const values = this.passed.vector(name);
    const at = number ?? values.reduce((best, value, i) => (Math.abs(value) > Math.abs(values[best]) ? i : best), 0);
    this.opener ??= this.root.getRootNode().activeElement ?? this.map.canvas;
    this.wanted = { name, number: at, path: '' };
    this.opened.show(name, at, null);
    this.root.classList.add('opens');
    this.opened.node.focus({ preventScroll: true });
    if (this.passed.byName.get(name).steps) this.request();
  }

  openPath(path) {
    this.wanted = { ...this.wanted, path };
    this.request();
  }

  request() { this.tell('open', { ...this.wanted, known: this.known }); }

  more() { this.tell('more', true); }

  shut() {
    if (this.opened.node.hidden) return;
    this.wanted = null;
    this.opened.node.hidden = true;
    this.root.classList.remove('opens');
    this.opener?.focus?.({ preventScroll: true });
    this.opener = null;
  }

  goTo(section) {
    const i = this.passed.stages.findIndex((stage) => stage.section === section);
    this.player.pause();
    this.player.seek(this.film.ends[i]);
  }

  pointTo(name) {
    this.pointedAt = name;
    this.again();
    this.spoken.textContent = `${this.passed.byName.get(name).title}; Enter opens it`;
  }

  // "q 17": a number of a head is counted within it, a logit is called by its character.
  nameOf(strip, number) {
    const { passed } = this;
    if (strip.name === 'logits' || strip.name === 'probabilities') return passed.symbols[number];
    if (strip.parts === 1) return String(number);
    const size = passed.width(strip.name) / strip.parts;
    const within = number % size;
    return `${Math.floor(number / size) + 1}.${strip.name.startsWith('pattern') ? passed.text[within] : within}`;
  }

  tellNumber(name, number) {
    const { passed } = this;
    const strip = passed.byName.get(name);
    return `${strip.title} ${this.nameOf(strip, number)} of “${passed.text[passed.position]}”: ${exact(passed.vector(name)[number], 4)}`;
  }

  // --- size and painting ---

  resize(force = false) {
    if (!this.passed || !this.root.isConnected) return;
    const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
    const theme = themeKey(this.root);
    const narrow = window.innerWidth < NARROW;
    if (theme !== this.themed || narrow !== this.narrow) this.dressImages();
    this.themed = theme;
    this.rem = rem;
    this.root.classList.toggle('narrow', narrow);
    this.root.classList.toggle('stacked', narrow);
    const box = this.map.node;
    const size = `${box.clientWidth} ${narrow ? 0 : box.clientHeight} ${rem}`;
    if (size === this.size && !force) return;
    if (size !== this.size || force) this.map.resize(box.clientWidth, box.clientHeight, rem, narrow);
    this.size = size;
    this.again();
  }

  again() {
    this.map.kept = this.stage = null;
    this.show();
  }

  // Words change with a stage, pictures with every tick.
  show() {
    const { passed, film, player } = this;
    if (!passed || !this.size) return;
    const moment = film.moment(player.position);
    this.map.show(moment);
    const made = film.at(player.position) + (moment.made === 1 ? 1 : 0);
    if (made === this.stage) return;
    this.stage = made;
    const { told } = passed.stages[moment.i];
    this.told.textContent = told;
    const thrown = player.position >= film.last;
    this.letters.show(passed, this.looks(moment), thrown ? passed.symbols[passed.drawn] : '');
    this.why.show(passed, this.candidate, this.head, this.map.made('probabilities') === 1, thrown);
    if (this.wanted) {
      const { opened } = passed;
      const answers = opened && opened.name === this.wanted.name && opened.number === this.wanted.number;
      this.opened.show(this.wanted.name, this.wanted.number, answers ? opened : null);
    }
    if (this.narrow && player.playing) this.scrollTo(moment);
  }

  // Whom the character that is followed looks at in the layer that is open, in one head or in all of them.
  looks({ section }) {
    const name = `pattern.${section - 1}`;
    if (!this.passed.byName.has(name) || this.map.made(name) < 1) return null;
    const { T, n_head } = this.passed;
    const values = this.passed.vector(name);
    const heads = this.head ? [this.head - 1] : [...Array(n_head).keys()];
    return Array.from({ length: T }, (_, j) => heads.reduce((sum, h) => sum + values[h * T + j], 0) / heads.length);
  }

  scrollTo({ i }) {
    const name = this.passed.stages[i].strips.at(-1);
    const box = name && this.map.boxes.get(name);
    if (!box) return;
    const { top } = this.map.canvas.getBoundingClientRect();
    const middle = top + box.at - window.innerHeight / 2;
    if (Math.abs(middle) > window.innerHeight / 5) document.querySelector(STREAMLIT.main)?.scrollBy({ top: middle, behavior: 'smooth' });
  }

  close() {
    this.player.close();
    this.resizing.disconnect();
    document.removeEventListener('keydown', this.escape);
    this.root.remove();
  }
}

// By which stage each strip is made, what is added to a logit with it, and which sums the stream flows into.
function withMade(film) {
  film.made = new Map(film.stages.flatMap(({ strips }, i) => strips.map((name) => [name, i])));
  film.added = film.stages.filter(({ added }) => added).map(({ added, strips }) => ({ part: added, strip: strips[0] }));
  film.streams = film.stages
    .filter(({ sources, strips }) => sources.length > 1 && strips.at(-1).startsWith('resid'))
    .map(({ sources, strips }) => [sources[1], strips.at(-1)]);
  return film;
}

export default mounted(Flow);
