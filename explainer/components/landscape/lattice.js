// --- lattice: numbers on a grid of points, what lies between them, and the lines where they are equal --------

export class Lattice {
  /** @type {ArrayLike<number>} */ values;
  /** @type {number} */ width;
  /** @type {number} */ height;

  constructor(values, width, height) { Object.assign(this, { values, width, height }); }

  at(i, j) { return this.values[j * this.width + i]; }

  // Between the grid's points, on straight lines.
  between(u, v) {
    const { values, width, height } = this;
    const i = Math.max(0, Math.min(width - 2, Math.floor(u)));
    const j = Math.max(0, Math.min(height - 2, Math.floor(v)));
    const [a, b, k] = [u - i, v - j, j * width + i];
    const near = values[k] * (1 - a) + values[k + 1] * a;
    return near * (1 - b) + (values[k + width] * (1 - a) + values[k + width + 1] * a) * b;
  }

  // For every cell of the grid its pieces of level lines: {level, from: [u, v], to: [u, v]}.
  lines(levels) {
    const n = this.width - 1;
    return Array.from({ length: n * (this.height - 1) }, (_, cell) => {
      const [i, j] = [cell % n, Math.floor(cell / n)];
      const crossing = levels.filter((level) => this.crossed(i, j, level));
      if (!crossing.length) return [];
      const corners = [[i, j], [i + 1, j], [i + 1, j + 1], [i, j + 1]].map(([u, v]) => ({ u, v, z: this.at(u, v) }));
      return crossing.flatMap((level) => pieces(corners, level));
    });
  }

  crossed(i, j, level) {
    const below = this.at(i, j) < level;
    return below !== this.at(i + 1, j) < level || below !== this.at(i, j + 1) < level || below !== this.at(i + 1, j + 1) < level;
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
