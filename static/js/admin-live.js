// Keeps parts of an admin page up to date: an element with data-live-url is filled anew from that
// address every two seconds while the page is visible, until an answer says by its status that it is
// the last one, as it would to htmx.
const INTERVAL = 2000;
const LAST = 286;

async function refresh(element) {
  if (document.hidden || element.contains(document.activeElement)) {
    return undefined;
  }
  try {
    const answer = await fetch(element.dataset.liveUrl, { credentials: "same-origin" });
    if (answer.ok && !answer.redirected) {
      element.innerHTML = await answer.text();
    }
    return answer.status;
  } catch (error) {
    console.warn("could not refresh", error);
    return undefined;
  }
}

for (const element of document.querySelectorAll("[data-live-url]")) {
  const timer = setInterval(async () => {
    if ((await refresh(element)) === LAST) {
      clearInterval(timer);
    }
  }, INTERVAL);
}
