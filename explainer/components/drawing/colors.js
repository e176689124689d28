// --- colors: what stands for a role, in the theme's colours ----------------------------------------------

import { css, mix, ROLES } from '../grid/theme.js';

const share = (table, part) => table.fill[Math.round(part * (table.fill.length - 1))];

// The placeholders of figures/palette.py, "#000001" and so on, and "diverging 0.7" for a place on a scale.
export function paints(theme) {
  const table = { 35: css(theme.line), 36: css(mix(theme.soft, theme.ground, 0.3)), 37: css(theme.ink), 38: css(theme.ground) };
  ROLES.forEach((role, i) => {
    table[i + 1] = css(theme.role[role]);
    table[i + 6] = css(theme.text[role]);
  });
  for (let i = 0; i < 10; i += 1) {
    table[i + 11] = share(theme.sequential, i / 9);
    table[i + 21] = share(theme.diverging, i / 9);
  }
  return (color) => {
    const [scale, part] = color.split(' ');
    return part ? share(theme[scale], Number(part)) : table[Number(color.slice(1))] ?? color;
  };
}
