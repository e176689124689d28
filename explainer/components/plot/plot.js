// --- plot: a figure that is kept; it changes where the new one differs -------------------------------------

import { paints } from '../drawing/colors.js';
import { mounted } from '../grid/mount.js';
import { css, readTheme, themeKey } from '../grid/theme.js';
import { Player } from '../player/player.js';
import { element, NARROW, pixel, sizes } from '../player/stage.js';
import { Spread, viewOf } from './apart.js';
import { Legend } from './legend.js';
import { axisOf, MOVES, Points } from './points.js';
import { savePicture } from './save.js';
import { readFigure } from './sizes.js';
import { lettersOf, tablesOf } from './tables.js';

const ZOOM = { '+': 0.5, '=': 0.5, '-': 2 };
const HINT = 'Arrow keys lead from point to point, plus and minus zoom, 0 shows everything again.';
const SPOKEN = 100; // ms after which what a key led to is written beside it
const WAYS = 2; // traces below letters: the lines and dots that lead to their places
const AT_ONCE = { mode: 'immediate', frame: { duration: 0, redraw: false }, transition: { duration: 0 } };
const PHONE = window.matchMedia('(max-width: 700px)');

let library = null; // fetched once; then a figure stands as soon as its data are there

// Plotly's style sheet stands in the page; a shadow root needs it as well.
let look;
function plotlyLook() {
  if (look) return look;
  /** @type {any} */
  const style = document.getElementById('plotly.js-style-global');
  look = new CSSStyleSheet();
  look.replaceSync([...style.sheet.cssRules].map((rule) => rule.cssText).join('\n'));
  return look;
}

class Plot {
  /** @type {any} */ data;
  /** @type {(name: string, value: any) => void} */ send;
  /** @type {string} */ size;
  /** @type {any[]} */ reading;
  /** @type {number} */ px;

  constructor(parent) {
    this.root = element('div', 'plot');
    this.legend = new Legend((name) => this.toggle(name));
    this.place = element('div', 'place');
    this.chart = element('div', 'chart');
    this.keys = Object.assign(element('div', 'pointed'), { tabIndex: 0, role: 'img' });
    this.keys.setAttribute('aria-description', HINT);
    this.said = element('p', 'visually-hidden');
    this.said.setAttribute('role', 'status');
    this.place.append(this.keys, this.chart, this.said);
    this.player = new Player(this.root, () => this.turn());
    this.root.append(this.legend.node, this.place, this.player.transport.node);
    parent.append(this.root);
    this.chart.__plot = this;
    this.hidden = new Set();
    this.kept = {};
    this.listen();
  }

  listen() {
    this.keys.onkeydown = (event) => this.pressed(event);
    this.keys.onblur = () => this.points?.leave();
    this.chart.addEventListener('touchstart', (event) => this.passOn(event), { capture: true, passive: true });
    this.resizing = sizes(() => this.draw());
    this.resizing.observe(this.place);
  }

  // A finger scrolls and turns the page, here as everywhere: Plotly would hold it. Its tap comes as a click.
  passOn(event) {
    event.stopPropagation();
    const { touches, changedTouches } = event;
    this.root.dispatchEvent(new TouchEvent('touchstart', { touches: [...touches], changedTouches: [...changedTouches], bubbles: true, composed: true }));
  }

  async update({ data, setTriggerValue }) {
    Object.assign(this, { data, send: setTriggerValue });
    this.root.classList.toggle('sized', data.height > 0);
    this.root.style.setProperty('--height', data.height);
    this.player.describe(this.keys, data.picks ? `${data.alt} Enter opens the point that the keys have led to.` : data.alt);
    library ??= (await import(new URL(data.library, document.baseURI).href)).default;
    this.draw();
  }

  begin(Plotly) {
    if (this.Plotly) return;
    const root = this.root.getRootNode();
    root.adoptedStyleSheets = [plotlyLook(), ...root.adoptedStyleSheets];
    this.Plotly = Plotly;
    this.points = new Points(this.chart, Plotly);
    const png = { name: 'png', title: 'Save as PNG', icon: Plotly.Icons.camera, click: () => this.save() };
    const all = { name: 'all', title: 'Show everything', icon: Plotly.Icons.home, click: () => this.whole() };
    const bar = { displaylogo: false, displayModeBar: PHONE.matches ? false : 'hover', modeBarButtons: [[png, all]] };
    this.config = { ...bar, showSendToCloud: false, showTips: false, doubleClick: false };
  }

  // Draws what is not yet so: the figure, in the colours of the theme, as large as its place.
  draw() {
    if (!library || !this.root.isConnected) return; // it may have gone while the library came
    this.begin(library);
    const anew = this.waiting = this.read() || this.waiting;
    if (anew) this.legend.show(this.spec.data, this.wanted); // first: the legend leaves the rest to the picture
    this.root.classList.toggle('stacked', this.root.clientWidth < NARROW);
    const { clientWidth: width, clientHeight: height } = this.place;
    const size = `${width} ${height}`;
    if (!width || !height || (size === this.size && !anew)) return;
    if (anew) this.set(width, height);
    if (anew) this.Plotly.react(this.chart, this.spec.data, { ...this.spec.layout, width, height }, this.config);
    else this.Plotly.relayout(this.chart, { width, height });
    Object.assign(this, { size, waiting: false });
    if (!this.heard) this.hear();
    this.points.renew();
  }

  // Reads the figure, unless it and the window are as they were.
  read() {
    const [theme, px] = [themeKey(this.root), pixel()];
    const reading = [theme, px, this.data.figure];
    if (reading.every((part, i) => part === this.reading?.[i])) return false;
    const colors = readTheme(this.root);
    this.spec = readFigure(this.data.figure, paints(colors), px);
    for (const { font } of [this.spec.layout, this.spec.layout.hoverlabel]) font.family = colors.font;
    this.spec.data.forEach((trace) => { if (this.hidden.has(trace.name)) trace.visible = 'legendonly'; });
    this.wanted = this.spec.layout.showlegend;
    this.spec.layout.showlegend = false;
    this.ground = css(colors.ground);
    this.root.style.setProperty('--type', `${this.spec.layout.font.size}px`);
    Object.assign(this, { reading, px });
    this.frame(this.spec.layout);
    this.load(this.spec.layout.meta);
    return true;
  }

  // Letters are kept apart, and played if there is more than one record; the same records keep their place.
  load(meta) {
    this.spread = meta ? new Spread(meta, this.spec.data.slice(WAYS)) : null;
    const { titles = [''], unit = '', speed, start = 0, captions } = meta?.frames ?? {};
    const film = { last: titles.length - 1, titles, captions, speed, speedUnit: unit, steps: ['‹ Back', 'Step ›'], counter: (i) => titles[i] };
    const signature = JSON.stringify([titles, start]);
    this.player.load(film, start, signature === this.signature);
    this.signature = signature;
  }

  spreadOut(layout, width, height) {
    const hidden = (trace) => this.hidden.has(this.spec.data[trace + WAYS].name);
    return this.spread.drawn(this.player.position, this.px, viewOf(layout, width, height), hidden);
  }

  // Writes into a figure that is about to be drawn where its letters stand.
  set(width, height) {
    if (!this.spread) return;
    this.spreadOut(this.spec.layout, width, height).forEach((drawn, i) => Object.assign(this.spec.data[i], drawn));
  }

  // The player has moved, or the view: letters stand elsewhere.
  async turn() {
    this.due = Boolean(this.spread && this.heard);
    if (this.turning) return; // a frame at a time: one that is interrupted would never be seen
    this.turning = true;
    while (this.due && this.root.isConnected) {
      this.due = false;
      const { _fullLayout: layout, data } = this.chart;
      const drawn = this.spreadOut(layout, layout.width, layout.height);
      await this.Plotly.animate(this.chart, { data: drawn, traces: data.map((_, i) => i) }, AT_ONCE);
    }
    this.turning = false;
    this.points?.renew();
  }

  // Where the axes of the figure begin and end, and where they do so now.
  frame(layout) {
    const axes = Object.keys(layout).filter((key) => /^[xy]axis/.test(key) && layout[key].range);
    this.home = Object.fromEntries(axes.map((key) => [key, [...layout[key].range]]));
    axes.filter((key) => this.kept[key]).forEach((key) => { layout[key] = { ...layout[key], range: [...this.kept[key]] }; });
  }

  hear() {
    this.heard = true;
    const point = (pickable) => this.chart.classList.toggle('pickable', pickable);
    this.chart.on('plotly_hover', ({ points: [{ customdata }] }) => point(this.data.picks && customdata !== undefined));
    this.chart.on('plotly_unhover', () => point(false));
    this.chart.on('plotly_relayout', () => this.zoomed());
    this.chart.on('plotly_doubleclick', () => this.whole());
    this.chart.on('plotly_click', ({ points: [{ customdata }] }) => this.pick(customdata));
  }

  // Leads to another point; what is written beside it is said as well.
  move(by) {
    this.points.move(by);
    clearTimeout(this.speaking);
    this.speaking = setTimeout(() => {
      const lines = this.chart.querySelectorAll('.hoverlayer :is(tspan.line, text:not(:has(tspan.line)))');
      this.said.textContent = [...lines].map(({ textContent }) => textContent).filter(Boolean).join(', ');
    }, SPOKEN);
  }

  pick(pick) {
    if (this.data.picks && pick !== undefined) this.send('pick', pick);
  }

  // What is hidden stays so in every figure to come.
  toggle(name) {
    if (!this.hidden.delete(name)) this.hidden.add(name);
    const members = this.chart.data.map((trace, i) => (trace.name === name ? i : -1)).filter((i) => i >= 0);
    this.Plotly.restyle(this.chart, { visible: this.hidden.has(name) ? 'legendonly' : true }, members);
    this.legend.show(this.chart.data, this.wanted);
    this.points.renew();
    this.turn();
  }

  // Every axis that may be zoomed, with its range as Plotly counts it: exponents on a logarithmic one.
  axes() {
    const layout = this.chart._fullLayout;
    return Object.keys(this.home).filter((key) => !layout[key].fixedrange).map((key) => [key, layout[key]]);
  }

  zoom(factor) {
    const { chosen } = this.points;
    this.relayout(this.axes().map(([key, axis]) => {
      const here = chosen && axisOf(chosen.trace[`${key[0]}axis`]) === key ? axis.c2l(chosen[key[0]]) : (axis.range[0] + axis.range[1]) / 2;
      return [key, axis.range.map((end) => here + factor * (end - here))];
    }));
  }

  whole() { this.relayout(this.axes().map(([key]) => [key, [...this.home[key]]])); }

  relayout(ranges) {
    this.Plotly.relayout(this.chart, Object.fromEntries(ranges.map(([key, range]) => [`${key}.range`, range])));
  }

  // What one has zoomed into is kept while figures come and go; where a figure begins differs from one to the next.
  zoomed() {
    const moved = this.axes().filter(([key, { range }]) => range.some((end, i) => end !== this.home[key][i]));
    this.kept = Object.fromEntries(moved.map(([key, { range }]) => [key, [...range]]));
    this.points.renew();
    this.turn();
  }

  // The numbers of what is seen: Plotly has unpacked the lists.
  tables() {
    if (!this.heard) return [];
    const { data, layout, _fullData: full } = this.chart;
    if (this.spread) return [lettersOf(...this.spread.seen(this.player.position, ({ name }) => this.hidden.has(name), data.slice(WAYS)), layout)];
    return tablesOf(data.map((trace, i) => ({ ...trace, x: full[i].x, y: full[i].y })), layout);
  }

  save() {
    const { data, layout } = this.chart;
    const { clientWidth: width, clientHeight: height } = this.place;
    const whole = { data, layout: { ...layout, showlegend: this.wanted, paper_bgcolor: this.ground } };
    savePicture(this.Plotly, whole, { width, height, name: this.data.name });
  }

  pressed(event) {
    if (event.ctrlKey || event.altKey || event.metaKey || !this.heard) return;
    const { key } = event;
    if (key in MOVES) this.move(MOVES[key]);
    else if (key in ZOOM) this.zoom(ZOOM[key]);
    else if (key === '0') this.whole();
    else if (key === 'Enter') this.pick(this.points.chosen?.trace.customdata?.[this.points.chosen.i]);
    else if (key === 'Escape') this.points.leave();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  close() {
    this.player.close();
    this.resizing.disconnect();
    if (this.heard) this.Plotly.purge(this.chart);
    this.root.remove();
  }
}

export default mounted(Plot);
