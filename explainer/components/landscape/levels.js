// --- levels: the colours of heights, and the lines where a surface is equally high ---------------------------

const LEVELS = 9; // about so many
const LOWEST = 0.06; // the lowest ground is tinted a little, so that it is not the page

class Heights {
  constructor(values, side) {
    this.values = values;
    this.side = side;
    this.low = Math.min(...values);
    this.high = Math.max(...values);
    this.span = this.high - this.low || 1;
    this.levels = ticks(this.low, this.high, LEVELS).filter((level) => level > this.low + 1e-6 * this.span && level < this.high - 1e-6 * this.span);
    this.cells = this.lines();
  }

  paint(theme) {
    if (this.theme === theme) return;
    this.theme = theme;
    const low = mix(theme.ground, theme.role.loss, LOWEST);
    this.colors = shadeTable([low, mix(low, theme.role.loss, 0.46), theme.role.loss], theme).rgb;
  }

  color(value) { return this.colors[Math.max(0, Math.min(SHADES - 1, Math.round(((value - this.low) / this.span) * (SHADES - 1))))]; }

  at(i, j) { return this.values[j * this.side + i]; }

  // Between the grid's points, on straight lines.
  between(u, v) {
    const { values, side } = this;
    const i = Math.max(0, Math.min(side - 2, Math.floor(u)));
    const j = Math.max(0, Math.min(side - 2, Math.floor(v)));
    const [a, b, k] = [u - i, v - j, j * side + i];
    const near = values[k] * (1 - a) + values[k + 1] * a;
    return near * (1 - b) + (values[k + side] * (1 - a) + values[k + side + 1] * a) * b;
  }

  // For every cell of the grid its pieces of level lines: {level, from: [u, v], to: [u, v]}.
  lines() {
    const n = this.side - 1;
    return Array.from({ length: n * n }, (_, cell) => {
      const [i, j] = [cell % n, Math.floor(cell / n)];
      const corners = [[i, j], [i + 1, j], [i + 1, j + 1], [i, j + 1]].map(([u, v]) => ({ u, v, z: this.at(u, v) }));
      return this.levels.flatMap((level) => pieces(corners, level));
    });
  }
}

// Where a level crosses the edges of a cell; of four crossings, the middle says which belong together.
function pieces(corners, level) {
  const crossed = corners.flatMap((a, k) => {
    const b = corners[(k + 1) % 4];
    if ((a.z < level) === (b.z < level)) return [];
    const part = (level - a.z) / (b.z - a.z);
    return [[a.u + (b.u - a.u) * part, a.v + (b.v - a.v) * part]];
  });
  if (crossed.length < 2) return [];
  if (crossed.length === 2) return [{ level, from: crossed[0], to: crossed[1] }];
  const middle = corners.reduce((sum, corner) => sum + corner.z, 0) / 4;
  const [a, b, c, d] = crossed;
  const joined = (middle < level) === (corners[0].z < level) ? [[a, b], [c, d]] : [[a, d], [b, c]];
  return joined.map(([from, to]) => ({ level, from, to }));
}
