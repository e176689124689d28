// Where things stand on the screen: what lies over something else, is cut off, or leaves its box or the window.
// Where the page may be `scrolled`, what stands below the window is reached so, and what sticks to it lies over it.
(scrolled = false) => {
  const SLACK = 2; // px
  const main = document.querySelector('[data-testid=stMain]');
  const rect = (e) => { const { left, top, right, bottom } = e.getBoundingClientRect(); return { left, top, right, bottom }; };
  const meet = (a, b) => ({ left: Math.max(a.left, b.left), top: Math.max(a.top, b.top), right: Math.min(a.right, b.right), bottom: Math.min(a.bottom, b.bottom) });
  const join = (a, b) => ({ left: Math.min(a.left, b.left), top: Math.min(a.top, b.top), right: Math.max(a.right, b.right), bottom: Math.max(a.bottom, b.bottom) });
  const empty = (r) => r.right - r.left < 1 || r.bottom - r.top < 1;
  const overlap = (a, b) => { const c = meet(a, b); return Math.min(c.right - c.left, c.bottom - c.top); };
  const outside = (a, b) => Math.max(b.left - a.left, b.top - a.top, a.right - b.right, a.bottom - b.bottom);
  const parent = (e) => e.assignedSlot ?? e.parentElement ?? e.getRootNode().host;
  const outward = function* (e) { for (; e && e !== main; e = parent(e)) yield e; };

  const styles = new Map();
  const style = (e) => { if (!styles.has(e)) styles.set(e, getComputedStyle(e)); return styles.get(e); };
  const SKIPPED = 'style, script, defs, clipPath, [aria-hidden=true], .katex-mathml, .visually-hidden, .thumbs';

  const lies = (e) => [...outward(e)].some((around) => style(around).position === 'sticky');

  // A line is higher than its letters, and may end in a space that hangs over.
  const linesOf = (node, element) => {
    const range = document.createRange();
    range.selectNodeContents(node);
    const size = parseFloat(style(element).fontSize);
    const hanging = style(element).whiteSpace.startsWith('pre') ? 0.6 * size : 0;
    return [...range.getClientRects()].map(({ left, top, right, bottom }, i, { length }) =>
      ({ left, top: top + 0.15 * size, right: right - (i + 1 < length ? hanging : 0), bottom: bottom - 0.15 * size }));
  };

  // Everything that is painted, with what can be seen of it and what would be seen if nothing cut it off.
  const inks = function* (part) {
    const roots = [part];
    while (roots.length) {
      const walker = document.createTreeWalker(roots.pop(), NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
      for (let node = /** @type {any} */ (walker.currentNode); node; node = walker.nextNode()) {
        if (node.shadowRoot) roots.push(node.shadowRoot);
        const text = node.nodeType === Node.TEXT_NODE && node.textContent.trim();
        const element = text ? node.parentElement : node;
        if (!text && !node.matches?.('canvas, img, svg, input, textarea, button, [role=slider]')) continue;
        if (!element || element.closest(SKIPPED) || (scrolled && lies(element)) || !element.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
        const lines = text ? linesOf(node, element) : [rect(node)];
        for (const whole of lines.filter((line) => !empty(line))) yield { text: text ? text.slice(0, 30) : node.tagName.toLowerCase(), element, isText: Boolean(text), whole };
      }
    }
  };

  const clipped = ({ element, whole }) => {
    let seen = whole;
    let scrolls = false;
    for (const e of outward(element)) {
      const { overflowX, overflowY } = style(e);
      if (overflowX === 'visible' && overflowY === 'visible') continue;
      const box = rect(e);
      if (overflowX !== 'visible') seen = meet(seen, { ...box, top: -Infinity, bottom: Infinity });
      if (overflowY !== 'visible') seen = meet(seen, { ...box, left: -Infinity, right: Infinity });
      if (/auto|scroll/.test(overflowX + overflowY) && (e.scrollHeight > e.clientHeight + 1 || e.scrollWidth > e.clientWidth + 1)) scrolls = true;
    }
    return { seen, scrolls };
  };

  const bad = [];
  const say = (what, ink, by) => bad.push(`${what} by ${Math.round(by)} px: “${ink.text}”`);
  const [above, below] = scrolled ? [main.scrollTop, main.scrollHeight - main.clientHeight - main.scrollTop] : [0, 0];
  const window_ = { left: 0, top: -above, right: innerWidth, bottom: innerHeight + below };
  const parts = [...main.querySelectorAll('[data-testid=stElementContainer]')].filter((e) => e.checkVisibility() && !e.querySelector('[data-testid=stElementContainer]'));
  const places = [];
  for (const part of parts) {
    const box = part.closest('.st-key-stage, .st-key-controls, .st-key-bar, .st-key-head') ?? part;
    const column = part.closest('[data-testid=stColumn]');
    let all = null;
    const solid = [];
    for (const ink of inks(part)) {
      const { seen, scrolls } = clipped(ink);
      if (ink.isText && !scrolls && style(ink.element).textOverflow !== 'ellipsis' && outside(ink.whole, seen) > SLACK) say('cut off', ink, outside(ink.whole, seen));
      if (empty(seen)) continue;
      if (outside(seen, window_) > SLACK) say('leaves the window', ink, outside(seen, window_));
      if (outside(seen, rect(box)) > SLACK) say(`leaves ${box.className.match(/st-key-(\w+)/)?.[1] ?? 'its place'}`, ink, outside(seen, rect(box)));
      if (column && outside(seen, rect(column)) > SLACK) say('leaves its column', ink, outside(seen, rect(column)));
      all = all ? join(all, seen) : seen;
      if (ink.isText && !ink.element.ownerSVGElement) solid.push({ ...ink, seen });
    }
    solid.forEach((ink, i) => solid.slice(i + 1).forEach((other) => {
      const by = overlap(ink.seen, other.seen);
      if (by > SLACK && ink.element !== other.element) say(`lies on “${other.text}”`, ink, by);
    }));
    if (all) places.push({ part, all });
  }
  const name = (part) => part.className.match(/st-key-([\w-]+)/)?.[1] ?? part.innerText.slice(0, 30);
  places.forEach(({ part, all }, i) => places.slice(i + 1).forEach((other) => {
    const by = overlap(all, other.all);
    if (by > SLACK) bad.push(`“${name(part)}” and “${name(other.part)}” overlap by ${Math.round(by)} px`);
  }));
  return bad;
}
