// --- readout: the numbers of the step, and what the step does with them ---------------------------------------

import { bracketed, enough, equals, exact, read } from '../grid/numbers.js';
import { css } from '../grid/theme.js';
import { element } from '../player/stage.js';
import { Board, LOOKS, written } from './board.js';

export class Readout {
  constructor() {
    this.node = element('div', 'numbers');
    this.table = element('table');
    this.formulas = element('div', 'formulas');
    this.arrows = element('p', 'arrows');
    this.hint = element('p', 'hint');
    this.hint.setAttribute('role', 'status');
    this.node.append(this.table, this.formulas, this.arrows, this.hint);
  }

  update(spec) {
    this.spec = spec;
    const names = spec.flat ? ['x'] : spec.names;
    this.rows = [
      ...names.map((name, axis) => ({ name, role: '', of: (way, i) => way.points[names.length * i + axis] })),
      { name: 'loss', role: 'loss', of: (way, i) => way.losses[i] },
      ...names.map((name, axis) => ({ name: `slope${spec.flat ? '' : ` ${name}`}`, role: 'loss', of: (way, i) => way.gradients[names.length * i + axis] })),
    ];
    const head = element('tr');
    head.append(element('td'), ...spec.ways.map(heading));
    this.cells = this.rows.map(() => spec.ways.map(() => element('td')));
    const lines = this.rows.map((row, r) => {
      const line = element('tr', row.role);
      line.append(element('th', '', row.name), ...this.cells[r]);
      return line;
    });
    this.ends = spec.ways.map(() => element('td'));
    const end = element('tr', 'ends');
    end.append(element('td'), ...this.ends);
    this.table.replaceChildren(...(spec.ways.length > 1 ? [head] : []), ...lines, end);
    this.node.classList.toggle('single', spec.ways.length === 1);
    this.names = names;
    const carries = !spec.flat && spec.ways.some((way) => way.velocities.some(Boolean));
    const told = spec.flat ? [['\u2192 next step', 'step']] : [['\u2192 downhill', 'slope'], ...(carries ? [['\u21e2 velocity', 'step']] : []), ['\u2192 next step', 'step']];
    if (spec.ways.length > 1) told.at(-1)[0] += ', each like its line';
    this.arrows.replaceChildren(...told.map(([words, kind]) => element('span', kind, words)));
    this.places = this.rows.map((row) => decimals(spec.ways, row));
    this.tell('');
  }

  // The colours, dashes and marks of the ways, as the pictures draw them.
  dress(theme, font) {
    this.table.querySelectorAll('canvas').forEach((canvas, index) => sample(canvas, index, theme, font));
    this.table.querySelectorAll('th.way').forEach((node, index) => { node.style.color = css(LOOKS[index].text(theme)); });
  }

  show(position) {
    const { spec } = this;
    spec.ways.forEach((way, w) => {
      const step = Math.min(position, way.last);
      this.rows.forEach((row, r) => { this.cells[r][w].textContent = exact(row.of(way, step), this.places[r]); });
      this.ends[w].textContent = position >= way.last && way.diverged ? `\u2715 left after ${way.last}` : '\u00a0';
    });
    this.formulas.replaceChildren(...(spec.ways.length === 1 ? this.worked(spec.ways[0], position) : []));
  }

  // x <- x - rate * slope, with the numbers of this step.
  worked(way, position) {
    if (position >= way.last) return this.names.map(() => element('p', '', '\u00a0')); // their room stays
    const n = this.names.length;
    return this.names.map((name, axis) => {
      const [x, slope, next] = [way.points[n * position + axis], way.gradients[n * position + axis], way.points[n * (position + 1) + axis]];
      const [rate, there] = [written(way.rate), exact(next)];
      const terms = (more) => [exact(x, 3 + more), exact(slope, this.places[n + 1 + axis] + more)];
      const gives = (more) => { const [here, steep] = terms(more).map(read); return here - read(rate) * steep; };
      const more = enough(gives, there, (made) => exact(made), [0, 1, 2, 3]); // digits, so that the line adds up
      const [here, steep] = terms(more);
      const sign = equals(gives(more), there);
      return element('p', '', `${name} \u2190 ${here} \u2212 ${rate} \u00b7 ${bracketed(steep)} ${sign} ${there}`);
    });
  }

  tell(words) { if (this.hint.textContent !== words) this.hint.textContent = words; }
}

// Three, or four where the numbers of a row are small.
function decimals(ways, row) {
  const most = Math.max(...ways.flatMap((way) => Array.from(way.losses, (_, step) => Math.abs(row.of(way, step)))));
  return Math.max(3, Math.min(4, 2 - Math.floor(Math.log10(most || 1))));
}

function heading(way) {
  const node = element('th', 'way');
  node.append(element('canvas', 'sample'), document.createTextNode(way.name));
  return node;
}

function sample(canvas, index, theme, font) {
  const ratio = window.devicePixelRatio || 1;
  const [width, height] = [2.6 * font, 1.1 * font];
  Object.assign(canvas, { width: width * ratio, height: height * ratio });
  Object.assign(canvas.style, { width: `${width}px`, height: `${height}px` });
  const board = Object.assign(Object.create(Board.prototype), { ctx: canvas.getContext('2d'), theme });
  board.ctx.scale(ratio, ratio);
  const thick = 0.15 * font;
  const color = LOOKS[index].color(theme);
  board.line([[0, height / 2], [width, height / 2]], thick, css(color), LOOKS[index].dash.map((part) => part * thick));
  board.mark(LOOKS[index].mark, width / 2, height / 2, 0.36 * font, color);
}
