// --- photograph: parts of the page as a PNG, drawn by the browser itself from what is on the screen ---------

import { streamlitApp } from '../streamlit_inside.js';
import { carriedFaces, isFace, rulesOf } from './faces.js';

const SHARP = 2; // pixels of the file for one on the screen
const MARGIN = 24; // px around
const UNTOLD = /[^\t\n\r\u0020-\ufffd]/g; // what XML has no place for
// What is around a part lends it its looks, and takes no room.
const SHELL = 'display: block; position: static; width: auto; height: auto; margin: 0; padding: 0; overflow: visible; transform: none; contain: none;';
// Buttons and scroll bars do nothing on paper.
const LEFT_OUT = '.asks, .transport > :not(.counter) { visibility: hidden !important; } * { scrollbar-width: none !important; }';

const textOf = (sheets) => sheets.flatMap(rulesOf).filter((rule) => !isFace(rule)).map(({ cssText }) => cssText).join('\n');

// A copy of what the page shows of a node. What lies in a shadow lies in the open, and keeps its styles to itself.
class Copies {
  constructor() { this.shadows = []; }

  of(node) {
    if (node instanceof Text) return document.createTextNode(node.data.replace(UNTOLD, ''));
    if (!(node instanceof Element) || node.matches('script, style, dialog')) return null;
    const copy = /** @type {any} */ (node.cloneNode(false));
    if (node instanceof HTMLCanvasElement && node.width && node.height) copy.style.background = `url(${node.toDataURL()}) 0 0 / 100% 100% no-repeat`;
    if (node instanceof HTMLInputElement) copy.setAttribute('value', node.value);
    if (node.shadowRoot) this.open(node.shadowRoot, copy);
    const inside = [...(node.shadowRoot ?? node).childNodes].map((child) => this.of(child)).filter(Boolean);
    copy.append(...inside);
    this.scroll(node, inside);
    return copy;
  }

  open(root, copy) {
    const here = `[data-shadow="${this.shadows.length}"]`;
    copy.dataset.shadow = this.shadows.length;
    const styles = textOf([...root.styleSheets, ...root.adoptedStyleSheets]).replaceAll(':host', ':scope');
    this.shadows.push(`@scope (${here}) to (${here} [data-shadow]) { ${styles} }`);
  }

  scroll({ scrollLeft: x, scrollTop: y }, inside) {
    if (x || y) inside.filter(({ style }) => style).forEach(({ style }) => { style.translate = `${-x}px ${-y}px`; });
  }
}

// A part at its place, in copies of all that it stands in, so that the page's styles find it.
function placed(part, copy, { x, y }) {
  const { left, top, width, height } = part.getBoundingClientRect();
  copy.style.cssText += `position: absolute; box-sizing: border-box; margin: 0; left: ${left - x}px; top: ${top - y}px; width: ${width}px; height: ${height}px;`;
  let whole = copy;
  for (let around = part.parentElement; around; around = around.parentElement) {
    const shell = around.cloneNode(false);
    shell.style.cssText += SHELL;
    shell.append(whole);
    whole = shell;
  }
  return whole;
}

// Where parts stand together, with a margin.
function frameOf(parts) {
  const boxes = parts.map((part) => part.getBoundingClientRect());
  const [x, y] = ['left', 'top'].map((side) => Math.min(...boxes.map((box) => box[side])) - MARGIN);
  const [right, bottom] = ['right', 'bottom'].map((side) => Math.max(...boxes.map((box) => box[side])) + MARGIN);
  return { x, y, width: Math.round(right - x), height: Math.round(bottom - y) };
}

// The picture is as wide as the window, so that its styles are those of this window; so is a share of its height.
async function drawing(parts, frame) {
  const copies = new Copies();
  const inside = parts.map((part) => new XMLSerializer().serializeToString(placed(part, copies.of(part), frame))).join('');
  const page = textOf([...document.styleSheets]).replace(/:root\b/g, 'html');
  const styles = `@scope (:root) to ([data-shadow] > *) { ${page} } ${copies.shadows.join('\n')} ${LEFT_OUT}`
    .replace(/([\d.]+)[dsl]?vh\b/g, (_, share) => `${(share * window.innerHeight) / 100}px`);
  const { fontSize } = getComputedStyle(document.documentElement);
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${window.innerWidth}" height="${frame.height}" style="font-size: ${fontSize}">`
    + `<style><![CDATA[${await carriedFaces()} ${styles}]]></style><foreignObject width="100%" height="100%">${inside}</foreignObject></svg>`;
}

// Returns a PNG; raises where the browser cannot keep styles to their part.
export async function photograph(parts) {
  if (!('CSSScopeRule' in window)) throw new Error('no @scope');
  const frame = frameOf(parts);
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(await drawing(parts, frame))}`;
  await image.decode();
  const canvas = Object.assign(document.createElement('canvas'), { width: SHARP * frame.width, height: SHARP * frame.height });
  const pen = canvas.getContext('2d');
  pen.fillStyle = getComputedStyle(streamlitApp()).backgroundColor;
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.scale(SHARP, SHARP);
  pen.drawImage(image, 0, 0);
  return new Promise((done) => { canvas.toBlob(done, 'image/png'); });
}
