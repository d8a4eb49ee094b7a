// What can be done with a film: posters, stars, watchlist, seen, not interested, the dialog of a card.
"use strict";

(() => {
  // A poster that does not come leaves the designed cover in view.
  const drop = (image) => image.matches?.("img[data-poster]") && image.remove();
  document.addEventListener("error", (event) => drop(event.target), true);
  for (const image of document.querySelectorAll("img[data-poster]")) {
    if (image.complete && !image.naturalWidth && image.currentSrc) drop(image);
  }

  const controls = (movie) => document.querySelectorAll(`[data-stars="${movie}"]`);
  const number = new Intl.NumberFormat(document.documentElement.lang);

  const show = (control, stars) => {
    for (const radio of control.querySelectorAll("[type=radio]")) {
      radio.checked = stars !== "" && Number(radio.value) === Number(stars);
    }
    control.querySelector("[data-stars-value]").textContent = stars === "" ? "" : number.format(stars);
  };

  // The control shows the choice at once: data-wanted is what was chosen, data-sent what was last
  // sent, data-saved what the server has. An answer to an older choice must not undo a newer one.
  const want = (control, stars) => {
    control.dataset.wanted = stars;
    show(control, stars);
  };
  // A click is sent at once; arrow keys pass by stars that are not meant.
  let byKey = false;
  document.addEventListener("keydown", () => (byKey = true), true);
  document.addEventListener("pointerdown", () => (byKey = false), true);
  const timers = new WeakMap();
  document.addEventListener("change", (event) => {
    const control = event.target.closest("[data-stars]");
    if (!control) return;
    want(control, event.target.value);
    clearTimeout(timers.get(control));
    const send = () => htmx.trigger(control, "stars-chosen");
    if (byKey) timers.set(control, setTimeout(send, 250));
    else send();
  });
  document.addEventListener("click", (event) => {
    const clear = event.target.closest("[data-stars-clear]");
    if (!clear) return;
    const control = clear.closest("[data-stars]");
    clearTimeout(timers.get(control));
    want(control, "");
  });
  document.addEventListener("htmx:beforeRequest", (event) => {
    const control = event.detail.elt.closest?.("[data-stars]");
    if (control) control.dataset.sent = control.dataset.wanted;
  });
  const same = (one, other) => (one === "" || other === "" ? one === other : Number(one) === Number(other));
  document.addEventListener("film-rated", (event) => {
    const { movie, stars } = event.detail;
    const saved = stars === null ? "" : String(stars);
    for (const control of controls(movie)) {
      control.dataset.saved = saved;
      if ("wanted" in control.dataset && !same(control.dataset.wanted, saved)) continue;
      delete control.dataset.wanted;
      show(control, saved);
    }
    for (const mark of document.querySelectorAll(`[data-film="${movie}"] [data-your-stars]`)) {
      // The page of a film holds the cards of others.
      if (Number(mark.closest("[data-film]").dataset.film) !== movie) continue;
      mark.textContent = stars === null ? "" : number.format(stars);
    }
    // What is rated is seen, and cannot be said to be not.
    for (const form of document.querySelectorAll(`[data-see="${movie}"]`)) {
      const button = form.querySelector("button");
      button.disabled = stars !== null || "inDiary" in button.dataset;
      button.setAttribute("aria-pressed", String(button.disabled || form.elements.on.value === "0"));
    }
    tick(movie, stars !== null);
  });

  const setPressed = (form, on) => {
    form.elements.on.value = on ? "0" : "1";
    form.querySelector("button").setAttribute("aria-pressed", String(on));
  };
  document.addEventListener("film-kept", (event) => {
    const { movie, on } = event.detail;
    document.querySelectorAll(`[data-keep="${movie}"]`).forEach((form) => setPressed(form, on));
    leave("watchlist", movie, !on);
  });
  document.addEventListener("film-hidden", (event) => {
    const { movie, on } = event.detail;
    document.querySelectorAll(`[data-hide="${movie}"]`).forEach((form) => setPressed(form, on));
    leave("hidden", movie, !on);
    // Recommended rows lose the film, and get it back by undo.
    leaveRows(movie, on);
    if (on && document.querySelector(`#film-dialog [data-film="${movie}"]`)) dialog.close();
  });
  document.addEventListener("film-seen", (event) => {
    const { movie, on } = event.detail;
    document.querySelectorAll(`[data-see="${movie}"]`).forEach((form) => setPressed(form, on));
    if (on) document.querySelectorAll(`[data-keep="${movie}"]`).forEach((form) => setPressed(form, false));
    tick(movie, on);
    leave("seen", movie, !on);
    leaveRows(movie, on);
    if (on) leave("watchlist", movie, true);
    if (on && document.querySelector(`#film-dialog [data-film="${movie}"]`)) dialog.close();
  });
  // The button on cards that marks a film as seen goes when there is nothing more to say.
  const tick = (movie, seen) => {
    for (const button of document.querySelectorAll(`[data-mark-seen="${movie}"]`)) {
      // There the whole film goes, and whoever has the focus on it goes on from there.
      if (!button.closest("[data-answers]")) button.hidden = seen;
    }
  };
  const leaveRows = (movie, gone) => {
    for (const film of document.querySelectorAll(`[data-track] [data-film="${movie}"]`)) {
      // Where rows answer, the server says what stands there now.
      if (!film.closest("[data-answers]")) film.closest("li").hidden = gone;
    }
  };
  const leave = (list, movie, gone) => {
    for (const film of document.querySelectorAll(`[data-shrinks="${list}"] [data-film="${movie}"]`)) {
      film.closest("li").hidden = gone;
    }
  };

  // A refusal puts everything back as the server has it.
  const refused = (event) => {
    const control = event.detail.elt.closest?.("[data-stars]");
    if (control && control.dataset.wanted === control.dataset.sent) {
      delete control.dataset.wanted;
      show(control, control.dataset.saved);
    }
    const answer = event.detail.xhr;
    const said = [403, 422].includes(answer?.status) && answer.getResponseHeader("Content-Type")?.startsWith("text/plain");
    window.matinee.failed(said ? answer.responseText : "");
  };
  for (const name of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) {
    document.addEventListener(name, refused);
  }

  // The dialog of a film card; without scripts its link leads to the film's page.
  const dialog = document.getElementById("film-dialog");
  const inside = document.getElementById("film-dialog-body");
  const toasts = document.getElementById("toasts");
  let goBack = null;
  document.addEventListener("click", async (event) => {
    const opener = event.target.closest("[data-actions]");
    if (opener && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      await htmx.ajax("GET", opener.dataset.actions, { target: inside, swap: "innerHTML", source: inside });
      if (inside.firstElementChild && !dialog.open) {
        goBack = window.matinee.placeOf?.(opener);
        dialog.showModal();
        // What is behind an open dialog can be neither seen nor reached.
        dialog.append(toasts);
      }
      // What was in it, and had the focus, may have been replaced.
      if (!dialog.contains(document.activeElement)) dialog.querySelector("button, a, input")?.focus();
    } else if (event.target === dialog || event.target.closest("[data-close-dialog]")) {
      dialog.close();
    }
  });
  dialog.addEventListener("close", () => {
    document.body.append(toasts);
    if (document.activeElement === document.body) goBack?.();
  });
})();
