// --- theme: Streamlit's colours, light or dark ---------------------------------------------------------

export const ROLES = ['input', 'weights', 'activations', 'probabilities', 'loss'];
export const SHADES = 256;
export const READABLE = 7.05; // contrast of a number with what is behind it

const THEME_NAMES = ['text-color', 'background-color', 'chart-categorical-colors', 'chart-sequential-colors', 'font'];

export function themeKey(element) {
  const style = getComputedStyle(element);
  return THEME_NAMES.map((name) => style.getPropertyValue(`--st-${name}`)).join('|');
}

const themes = new Map(); // light and dark, each read once for all parts of the page

export function readTheme(element) {
  const key = themeKey(element);
  if (!themes.has(key)) themes.set(key, themeOf(element));
  return themes.get(key);
}

function themeOf(element) {
  const style = getComputedStyle(element);
  const value = (name) => style.getPropertyValue(`--st-${name}`).trim();
  const colors = (name) => value(name).split(/,(?![^(]*\))/).map(rgb);
  const categories = colors('chart-categorical-colors');
  const theme = {
    ink: rgb(value('text-color')),
    ground: rgb(value('background-color')),
    soft: rgb(value('gray-text-color')),
    line: rgb(value('border-color')),
    font: value('font') || 'sans-serif',
    role: {}, text: {},
  };
  ROLES.forEach((role, i) => {
    theme.role[role] = categories[i];
    theme.text[role] = categories[i + 5] ?? categories[i];
  });
  theme.role.counts = theme.role.probabilities;
  theme.text.counts = theme.text.probabilities;
  theme.sequential = shadeTable(colors('chart-sequential-colors'), theme);
  theme.loss = shadeTable([theme.ground, theme.role.loss], theme);
  theme.diverging = shadeTable(colors('chart-diverging-colors'), theme);
  return theme;
}

const rgbContext = document.createElement('canvas').getContext('2d', { willReadFrequently: true });

export function rgb(color) {
  rgbContext.fillStyle = '#000';
  rgbContext.fillStyle = color;
  const text = String(rgbContext.fillStyle);
  if (text.startsWith('#')) return [1, 3, 5].map((i) => parseInt(text.slice(i, i + 2), 16));
  return text.match(/[\d.]+/g).slice(0, 3).map(Number);
}

export const css = ([r, g, b], alpha = 1) => `rgba(${r}, ${g}, ${b}, ${alpha})`;
export const mix = (a, b, t) => a.map((x, i) => Math.round(x + (b[i] - x) * t));

function luminance(color) {
  const [r, g, b] = color.map((c) => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

export function contrast(a, b) {
  const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (high + 0.05) / (low + 0.05);
}

// Behind a number on a colour on which neither ink nor ground reads: as much lighter or darker as it needs.
function plate(color, ink, ground) {
  const [text, other] = contrast(ink, color) >= contrast(ground, color) ? [ink, ground] : [ground, ink];
  let share = 0;
  while (share < 1 && contrast(text, mix(color, other, share)) < READABLE) share += 0.02;
  return share ? css(mix(color, other, share)) : '';
}

// A scale as three lists: what fills a cell, the text colour that reads best on it, and what stands behind it.
export function shadeTable(colors, { ink, ground }) {
  const steps = Array.from({ length: SHADES }, (_, i) => {
    const at = (i / (SHADES - 1)) * (colors.length - 1);
    const left = Math.min(Math.floor(at), colors.length - 2);
    return mix(colors[left], colors[left + 1], at - left);
  });
  return {
    rgb: steps,
    fill: steps.map((color) => css(color)),
    text: steps.map((color) => css(contrast(ink, color) >= contrast(ground, color) ? ink : ground)),
    plate: steps.map((color) => plate(color, ink, ground)),
  };
}
