// A poster that does not come leaves the designed cover in view, as on the site.
"use strict";

addEventListener("error", (event) => event.target.matches?.("img[data-poster]") && event.target.remove(), true);
addEventListener("DOMContentLoaded", () => {
  for (const image of document.querySelectorAll("img[data-poster]")) {
    if (image.complete && !image.naturalWidth && image.currentSrc) image.remove();
  }
});
