// --- shadow: a root of one's own; Streamlit's costs a frame more before the first picture ------------------

const LOOK = new CSSStyleSheet();
LOOK.replaceSync(CSS);

function rootOf(parent) {
  if (!parent.shadowRoot) parent.attachShadow({ mode: 'open' }).adoptedStyleSheets = [LOOK];
  return parent.shadowRoot;
}

export default (component) => show({ ...component, parentElement: rootOf(component.parentElement) });
