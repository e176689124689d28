// --- follow: the window on the stage and the presenter's follow each other, without the server -------------

const channel = new BroadcastChannel('deck');

function openPresenter() {
  window.open(new URL('presenter', document.baseURI), 'presenter', 'popup,width=1200,height=800');
}

// Where the talk is, told whenever something moves, and to a window that asks.
function tellWhere() {
  if (!window.__deck || window.__remote) return;
  const { path, scene, stage, stages } = window.__deck.here;
  const playing = [...(window.__players ?? [])].some((player) => player.playing);
  const here = JSON.stringify({ path, scene, stage, stages, playing });
  if (here !== tellWhere.last) channel.postMessage({ here: JSON.parse(here) });
  tellWhere.last = here;
}

// A tab in the background is not the stage.
function following(doing) {
  window.__moved = tellWhere;
  channel.onmessage = ({ data: { does, ask } }) => {
    if (window.__remote || document.hidden) return;
    if (ask) tellWhere.last = null;
    if (ask) tellWhere();
    else doing[does]?.();
  };
}

// What a key does on the stage, from whichever window.
const onStage = (does, here) => () => (window.__remote ? window.__remote.lead(does) : here());
