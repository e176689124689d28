// --- follow: the window on the stage and the presenter's follow each other, without the server -------------

const channel = new BroadcastChannel('deck');

export function openPresenter() {
  window.open(new URL('presenter', document.baseURI), 'presenter', 'popup,width=1200,height=800');
}

const OFTEN = 250; // ms between two words about what plays

let timer = null;
let told = null; // where the talk was, when it was told last

// Where the talk is, told soon after something moves, and at once to a window that asks.
function tellSoon() { timer ??= setTimeout(tellWhere, OFTEN); }

function tellWhere() {
  clearTimeout(timer);
  timer = null;
  if (!window.__deck || window.__remote) return;
  const { path, scene, stage, stages } = window.__deck.here;
  const players = [...(window.__players ?? [])].filter(({ root }) => root.isConnected);
  const playing = players.some((player) => player.playing);
  const seen = players.map((player) => player.film.counter(player.position));
  const here = JSON.stringify({ path, scene, stage, stages, playing, seen });
  if (here !== told) channel.postMessage({ here: JSON.parse(here) });
  told = here;
}

// A tab in the background is not the stage.
export function following(doing) {
  window.__moved = tellSoon;
  channel.onmessage = ({ data: { does, ask } }) => {
    if (window.__remote || document.hidden) return;
    if (ask) told = null;
    if (ask) tellWhere();
    else doing[does]?.();
  };
  tellSoon(); // the scene may stand since before this did
}

// What a key does on the stage, from whichever window.
export const onStage = (does, here) => () => (window.__remote ? window.__remote.lead(does) : here());
