// The full-screen mode of the talk: one slide at a time, with the keys of a presentation program. Without this script, the page
// shows all slides below each other.
{
  const root = document.documentElement, talk = document.querySelector(".talk");
  const slides = [...talk.querySelectorAll(".slide")], bar = talk.querySelector(".bar"), start = talk.querySelector("button.start");
  const notes = bar.querySelector("[data-go=notes]"), place = bar.querySelector("output");
  const presenting = () => root.classList.contains("presenting");
  const numbered = () => { const n = Number(location.hash.slice(1)); return n >= 1 && n <= slides.length ? n - 1 : null; };
  let at = 0, full = false, touched = null;

  // Makes the drawing as large as what stands around it allows. Rows of panels share the height.
  const fit = () => {
    const slide = slides[at], wide = getComputedStyle(slide).getPropertyValue("--fit").trim() === "1";
    slide.style.removeProperty("--room");
    if (!presenting() || !wide) return;
    const drawings = [...slide.querySelectorAll(".picture .scroll > svg")], tops = new Set(drawings.map((one) => Math.round(one.getBoundingClientRect().top)));
    slide.style.setProperty("--room", "1px");
    const free = slide.clientHeight - slide.scrollHeight + slide.querySelector(".rest").clientHeight;
    slide.style.setProperty("--room", `${Math.max(Math.floor(free / tops.size), 160)}px`);
  };
  const show = (n) => {
    at = Math.min(Math.max(n, 0), slides.length - 1);
    slides.forEach((slide, k) => slide.classList.toggle("current", k === at));
    place.textContent = `${at + 1} of ${slides.length}`;
    bar.querySelector("[data-go=before]").disabled = at === 0;
    bar.querySelector("[data-go=next]").disabled = at === slides.length - 1;
    // The address names the slide, so that a link or a reload leads to it. Every slide in the history would bury the way back.
    history.replaceState(null, "", `#${at + 1}`);
    slides[at].scrollTop = 0;
    fit();
    slides[at].focus({ preventScroll: true });
  };
  const nearest = () => {
    const middle = innerHeight / 2, passed = slides.filter((slide) => slide.getBoundingClientRect().top < middle).length;
    return Math.max(passed - 1, 0);
  };
  const present = async () => {
    if (presenting()) return;
    const first = nearest();
    root.classList.add("presenting");
    bar.hidden = false;
    show(first);
    // A browser may refuse the full screen; then the slides fill the window.
    try { await root.requestFullscreen(); full = presenting(); if (!full) await document.exitFullscreen(); } catch { full = false; }
  };
  const end = () => {
    if (!presenting()) return;
    root.classList.remove("presenting", "with-notes");
    notes.setAttribute("aria-pressed", false);
    bar.hidden = true;
    slides.forEach((slide) => { slide.classList.remove("current"); slide.style.removeProperty("--room"); });
    if (document.fullscreenElement) document.exitFullscreen().catch(() => {});
    full = false;
    slides[at].scrollIntoView();
    slides[at].focus({ preventScroll: true });
  };
  const withNotes = () => { notes.setAttribute("aria-pressed", root.classList.toggle("with-notes")); fit(); };
  const GO = { before: () => show(at - 1), next: () => show(at + 1), first: () => show(0), last: () => show(slides.length - 1), notes: withNotes, end };
  const KEYS = { ArrowRight: "next", ArrowDown: "next", PageDown: "next", " ": "next", ArrowLeft: "before", ArrowUp: "before", PageUp: "before",
    Home: "first", End: "last", n: "notes", N: "notes", Escape: "end" };

  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.target.closest("input, select, textarea")) return;
    if (event.key === "f" || event.key === "F") {
      event.preventDefault();
      if (presenting()) end(); else present();
      return;
    }
    // Space presses a button that has the focus.
    if (!presenting() || !KEYS[event.key] || event.key === " " && event.target.closest("button, a")) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    GO[event.shiftKey && event.key === " " ? "before" : KEYS[event.key]]();
  }, true);
  addEventListener("resize", fit);
  bar.addEventListener("click", (event) => { const go = event.target.closest("button")?.dataset.go; if (go) GO[go](); });
  start.addEventListener("click", present);
  // The browser itself ends the full screen at Esc, without telling the page of the key.
  document.addEventListener("fullscreenchange", () => { if (full && !document.fullscreenElement) end(); });
  addEventListener("hashchange", () => { if (presenting() && numbered() !== null && numbered() !== at) show(numbered()); });
  talk.addEventListener("touchstart", (event) => {
    touched = event.touches.length === 1 ? [event.touches[0].clientX, event.touches[0].clientY] : null;
  }, { passive: true });
  talk.addEventListener("touchend", (event) => {
    if (!presenting() || !touched) return;
    const x = event.changedTouches[0].clientX - touched[0], y = event.changedTouches[0].clientY - touched[1];
    touched = null;
    if (Math.abs(x) > 50 && Math.abs(x) > 1.5 * Math.abs(y)) GO[x < 0 ? "next" : "before"]();
  });
  start.hidden = false;
  talk.querySelector(".keys").hidden = false;
}
