// What plotly's own controls lack: a camera that stays where it was turned, and buttons that keys can press.
const CHART = '.js-plotly-plot';

function keepCameras() {
  // plotly saves a turned camera in the layout it was born with; Streamlit has given it another one since.
  for (const chart of document.querySelectorAll(CHART)) {
    const full = chart._fullLayout ?? {};
    for (const name of Object.keys(full).filter((key) => /^scene\d*$/.test(key))) {
      if (chart.layout?.[name]) chart.layout[name].camera = structuredClone(full[name].camera);
    }
  }
}

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
  for (const type of ['mouseup', 'touchend', 'wheel']) {
    document.addEventListener(type, () => setTimeout(keepCameras, 50), true);
  }
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
