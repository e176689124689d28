// --- levels: the colours of heights, and the heights at which lines are drawn --------------------------------

import { mix, SHADES, shadeTable } from '../grid/theme.js';
import { ticks } from './ticks.js';
import { Lattice } from './lattice.js';

const LEVELS = 9; // about so many
const LOWEST = 0.06; // the lowest ground is tinted a little, so that it is not the page

export class Heights extends Lattice {
  constructor(values, side) {
    super(values, side, side);
    this.side = side;
    this.low = Math.min(...values);
    this.high = Math.max(...values);
    this.span = this.high - this.low || 1;
    this.levels = ticks(this.low, this.high, LEVELS).filter((level) => level > this.low + 1e-6 * this.span && level < this.high - 1e-6 * this.span);
    this.cells = this.lines(this.levels);
  }

  paint(theme) {
    if (this.theme === theme) return;
    this.theme = theme;
    const low = mix(theme.ground, theme.role.loss, LOWEST);
    this.colors = shadeTable([low, mix(low, theme.role.loss, 0.46), theme.role.loss], theme).rgb;
  }

  color(value) { return this.colors[Math.max(0, Math.min(SHADES - 1, Math.round(((value - this.low) / this.span) * (SHADES - 1))))]; }
}
