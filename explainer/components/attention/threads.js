// --- threads: from the character that asks to those it looks at, in several heads at once -------------------------

import { css } from '../grid/theme.js';
import { element } from '../player/stage.js';
import { sized } from './heat.js';

const LEAST = 0.02; // share of attention that is drawn as a thread
const WIDEST = 0.2; // rem of a thread that carries all of it
export const DASHES = [[], [9, 5], [2.5, 4], [14, 4, 3, 4]]; // so that colour is not all that tells heads apart

export const HANDS = ['probabilities', 'input', 'weights', 'activations']; // one head each

export class Threads {
  constructor() {
    this.canvas = element('canvas', 'threads');
    this.canvas.setAttribute('aria-hidden', 'true');
    this.pen = this.canvas.getContext('2d');
  }

  // Draws over a text whose characters stand in `spans`; `strands` has a place in HANDS and shares for each head.
  show({ flow, spans }, { row, col, window }, strands, theme, rem) {
    const [width, height] = [flow.clientWidth, flow.clientHeight];
    if (`${width} ${height}` !== this.size) sized(this.canvas, width, height, this.pen);
    this.size = `${width} ${height}`;
    this.pen.clearRect(0, 0, width, height);
    const [asks, line] = [middle(spans[row]), spans[row]?.offsetHeight ?? 0];
    this.drawn = 0;
    if (!asks) return;
    for (const { hand, shares } of strands) {
      this.pen.strokeStyle = css(theme.text[HANDS[hand]]);
      this.pen.setLineDash(DASHES[hand].map((length) => length * rem / 24));
      shares?.forEach((share, i) => {
        if (share < LEAST || (col !== null && i + window !== col)) return;
        this.thread(asks, middle(spans[i + window]), share, hand, line, rem);
      });
    }
  }

  // Within a line it rises over the text; from line to line it hangs between them. Heads lie beside each other.
  /** @param {number[]} from @param {number[]} to */
  thread([x, y], [toX, toY], share, hand, line, rem) {
    const { pen } = this;
    const aside = (hand - (HANDS.length - 1) / 2) * 0.1 * rem;
    pen.globalAlpha = 0.35 + 0.6 * share;
    pen.lineWidth = Math.max(1.2, WIDEST * rem * share);
    pen.beginPath();
    pen.moveTo(x + aside, y - 0.36 * line);
    if (x === toX && y === toY) pen.arc(x + aside, y - 0.44 * line, 0.12 * line, 0.4 * Math.PI, 2.6 * Math.PI);
    else if (y === toY) {
      const rise = Math.min(0.8 * line, 0.5 * line + 0.04 * Math.abs(x - toX));
      pen.bezierCurveTo(x + aside, y - 0.36 * line - rise, toX + aside, y - 0.36 * line - rise, toX + aside, y - 0.36 * line);
    } else {
      const half = (y - 0.36 * line + toY + 0.4 * line) / 2;
      pen.bezierCurveTo(x + aside, half, toX + aside, half, toX + aside, toY + 0.4 * line);
    }
    pen.stroke();
    pen.globalAlpha = 1;
    this.drawn += 1;
  }
}

function middle(span) {
  return span && [span.offsetLeft + span.offsetWidth / 2, span.offsetTop + span.offsetHeight / 2];
}
