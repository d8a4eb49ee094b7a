// Keeps parts of an admin page up to date: an element with data-live-url is filled anew from that
// address every two seconds while the page is visible.
const INTERVAL = 2000;

async function refresh(element) {
  if (document.hidden || element.contains(document.activeElement)) {
    return;
  }
  try {
    const answer = await fetch(element.dataset.liveUrl, { credentials: "same-origin" });
    if (answer.ok && !answer.redirected) {
      element.innerHTML = await answer.text();
    }
  } catch (error) {
    console.warn("could not refresh", error);
  }
}

for (const element of document.querySelectorAll("[data-live-url]")) {
  setInterval(refresh, INTERVAL, element);
}
