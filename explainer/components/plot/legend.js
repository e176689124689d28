// --- legend: a button for every name, which hides what is called so and shows it again ---------------------

import { element } from '../player/stage.js';

const lit = (trace) => trace.visible !== 'legendonly';
const named = ({ name, showlegend }) => Boolean(name) && showlegend !== false;
const rank = ({ legendrank = 1000 }) => legendrank;

// How a curve or a mark looks, in the legend.
/** @param {{ mode?: string, line?: any, marker?: any }} trace */
function swatch({ mode = 'lines', line = {}, marker = {} }) {
  if (!mode.includes('lines')) return markOf(marker);
  const sample = element('i', 'stroke');
  const [on, off = '0px'] = (line.dash ?? 'solid').replace('solid', '1px').split(',');
  sample.style.cssText = `--color: ${line.color}; --size: ${line.width}px; --on: ${on}; --off: ${off}`;
  return sample;
}

function markOf({ symbol = 'circle', color, line }) {
  const sample = element('i', `mark ${symbol}`);
  sample.style.cssText = `--color: ${color}; --edge: ${line?.width ? `${line.width}px solid ${line.color}` : 0}`;
  return sample;
}

export class Legend {
  constructor(toggle) {
    this.toggle = toggle;
    this.node = element('div', 'legend');
  }

  // What looks and is called as before keeps its buttons, and with them the focus.
  show(traces, wanted) {
    const entries = wanted ? traces.filter((trace, i) => named(trace) && traces.findIndex(({ name }) => name === trace.name) === i) : [];
    entries.sort((a, b) => rank(a) - rank(b));
    const signature = JSON.stringify(entries.map(({ name, line, marker }) => [name, line, marker]));
    if (signature !== this.signature) this.node.replaceChildren(...entries.map((trace) => this.entry(trace)));
    this.signature = signature;
    this.node.hidden = !entries.length;
    entries.forEach((trace, i) => this.node.children[i].setAttribute('aria-pressed', lit(trace)));
  }

  entry(trace) {
    const button = element('button');
    button.type = 'button';
    button.append(swatch(trace), trace.name);
    button.onclick = () => this.toggle(trace.name);
    return button;
  }
}
