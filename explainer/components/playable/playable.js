// What plotly's own controls lack: buttons that keys can press, with names for screen readers.
const CHART = '.js-plotly-plot';

function nameButtons() {
  for (const button of document.querySelectorAll(`${CHART} .updatemenu-button`)) {
    button.setAttribute('role', 'button');
    button.setAttribute('tabindex', '0');
    button.setAttribute('aria-label', button.textContent);
  }
}

function press(event) {
  const button = event.target.closest?.(`${CHART} .updatemenu-button`);
  if (!button || !['Enter', ' '].includes(event.key)) return;
  event.preventDefault();
  button.dispatchEvent(new MouseEvent('click', { bubbles: true }));
}

export default function () {
  if (window.__playable) return;
  window.__playable = true;
  document.addEventListener('keydown', press);
  let due = false;
  const soon = () => {
    if (due) return;
    due = true;
    requestAnimationFrame(() => { due = false; nameButtons(); });
  };
  new MutationObserver(soon).observe(document.body, { childList: true, subtree: true });
  nameButtons();
}
