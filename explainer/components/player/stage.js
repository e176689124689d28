// --- stage: what every picture on it needs ------------------------------------------------------------------

const NARROW = 700; // css pixels of a window below which a scene stacks
const STAGE_HEIGHT = 'calc(var(--stage-height, 62vh) - var(--stage-taken, 0px))'; // what the scene leaves

function element(tag, className = '', text = '') {
  const node = document.createElement(tag);
  if (className) node.className = className;
  if (text) node.textContent = text;
  return node;
}
