// What a reader meets on the screen: every text with its size and contrast, what scrolls, how large the picture is.
() => {
  const pixel = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const rgba = (color) => {
    pixel.clearRect(0, 0, 1, 1);
    pixel.fillStyle = color;
    pixel.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = pixel.getImageData(0, 0, 1, 1).data;
    return [r, g, b, a / 255];
  };
  const luminance = (color) => {
    const [r, g, b] = color.map((v) => v / 255).map((v) => (v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const over = (top, below) => [0, 1, 2].map((i) => top[i] * top[3] + below[i] * (1 - top[3])).concat(1);
  const outward = function* (e) { for (; e; e = e.parentElement ?? e.getRootNode().host) yield e; };

  // What stands behind a text: the ancestors that reach as far as the text does.
  const background = (element, box) => {
    const layers = [];
    for (const e of outward(element)) {
      const { top, bottom } = e.getBoundingClientRect();
      if (box.top + box.height / 2 < top || box.top + box.height / 2 > bottom) continue;
      const layer = rgba(getComputedStyle(e).backgroundColor);
      if (layer[3] > 0) layers.push(layer);
      if (layer[3] === 1) break;
    }
    const page = rgba(getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor);
    return layers.reduceRight((below, top) => over(top, below), page);
  };
  const opacity = (element) => [...outward(element)].reduce((o, e) => o * Number(getComputedStyle(e).opacity), 1);

  const texts = [];
  const roots = [document.body];
  while (roots.length) {
    const walker = document.createTreeWalker(roots.pop(), NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
    for (let node = /** @type {any} */ (walker.nextNode()); node; node = walker.nextNode()) {
      if (node.nodeType === Node.TEXT_NODE && node.textContent.trim()) texts.push(node);
      else if (node.shadowRoot) roots.push(node.shadowRoot);
    }
  }

  const SKIPPED = 'style, script, [aria-hidden=true], .katex-mathml, .visually-hidden, [disabled], [aria-disabled=true]';
  const read = (node) => {
    const element = node.parentElement;
    const range = document.createRange();
    range.selectNodeContents(node);
    const box = range.getBoundingClientRect();
    const visible = element.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true });
    if (!visible || box.width < 2 || box.height < 2 || element.closest(SKIPPED)) return [];
    const style = getComputedStyle(element);
    const ground = background(element, box);
    const ink = rgba(element.namespaceURI.endsWith('svg') ? style.fill : style.color);
    ink[3] *= opacity(element);
    const [a, b] = [luminance(over(ink, ground).slice(0, 3)), luminance(ground.slice(0, 3))];
    const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    return [{ text: node.textContent.trim().slice(0, 40), size: parseFloat(style.fontSize), contrast }];
  };

  const main = document.querySelector('[data-testid=stMain]');
  const failures = '[data-testid=stException], [data-testid=stAlertContentError]';
  return {
    texts: texts.flatMap(read),
    down: main.scrollHeight - main.clientHeight,
    sideways: Math.max(document.documentElement.scrollWidth - innerWidth, main.scrollWidth - main.clientWidth),
    failures: document.querySelectorAll(failures).length,
  };
}
