// --- Streamlit's inside: all names of its page that our scripts know; streamlit_inside.py tells the version -----

export const STREAMLIT = {
  main: '[data-testid=stMain]', // what scrolls
  part: '[data-testid=stBidiComponentRegular]', // around each of our components: a scene is there once all are filled
  table: '[data-testid=stMarkdownContainer]:has(table)', // one that is written
  slider: '[data-testid=stSlider]', // is dragged: a swipe on it turns nothing
  menu: '[data-testid=stSidebar]', // the chapters, on a phone
  closesMenu: '[data-testid=stSidebarCollapseButton] button', // it stays open over the page, else
  menuLinks: '[data-testid=stSidebarNavLink]',
  menuLists: '[data-testid=stSidebarNavItems], [data-testid=stSidebarNavItems] li', // told as lists of nothing, else
  pageLinks: '[data-testid=stPageLink-NavLink], [data-testid=stTopNavLink], [data-testid=stSidebarNavLink]',
  stale: '[data-stale="true"]', // what is about to be replaced
  states: ['data-test-connection-state', 'data-test-script-state'], // of the app: both are told nowhere else
};
/** @type {() => HTMLElement} */
export const streamlitApp = () => document.querySelector('[data-testid=stApp]');
export const scriptState = () => streamlitApp().dataset.testScriptState;

// Whether the server is away; what is asked of it meanwhile is lost.
export const isAway = () => streamlitApp().dataset.testConnectionState !== 'CONNECTED';

// What Streamlit tells the page around it it also tells itself, where there is none: it reads each word, and uses none.
export function silence() {
  if (window.parent !== window) return;
  window.addEventListener('message', (event) => {
    if (event.source === window && event.data?.stCommVersion) event.stopImmediatePropagation();
  }, true);
}
