// What a test needs between two clicks: the time left counting down, what is being typed saved, options by key, and
// the focus where a question begins.
(function () {
  "use strict";
  var QUESTION = ".st-key-question";
  var FIELDS = '[data-testid="stTextInput"] input, [data-testid="stTextArea"] textarea';
  var PAUSE = 1500; // ms without a key, after which what was typed is saved
  var LONGEST = 3500; // ms after which it is saved although somebody types on

  // ---- the clock: the server says how much is left, and again with every answer; here it only counts down.
  var clock = null;

  function words(seconds) {
    var minutes = Math.floor(seconds / 60);
    var two = function (n) { return (n < 10 ? "0" : "") + n; };
    var rest = ":" + two(seconds % 60);
    return minutes < 60 ? minutes + rest : Math.floor(minutes / 60) + ":" + two(minutes % 60) + rest;
  }

  function announce(text) {
    var place = document.getElementById("orderly-say");
    if (!place) {
      place = document.createElement("div");
      place.id = "orderly-say";
      place.setAttribute("role", "alert");
      document.body.appendChild(place);
    }
    place.textContent = text;
    clearTimeout(place.hide);
    place.hide = setTimeout(function () { place.textContent = ""; }, 12000);
  }

  function tick() {
    var shown = document.querySelector(".orderly-clock-left");
    if (!shown) {
      clock = null;
      return;
    }
    var said = Number(shown.dataset.left);
    if (!clock || clock.attempt !== shown.dataset.attempt || clock.said !== said) {
      var known = clock && clock.attempt === shown.dataset.attempt ? clock.announced : {};
      clock = { attempt: shown.dataset.attempt, said: said, since: performance.now(), wall: Date.now(), announced: known };
    }
    // The greater of the two: one stands still while a computer sleeps, the other can be set.
    var passed = Math.max(performance.now() - clock.since, Date.now() - clock.wall) / 1000;
    var left = Math.max(0, Math.ceil(said - passed));
    var text = words(left);
    if (shown.textContent !== text) shown.textContent = text;
    shown.classList.toggle("soon", left <= 300);
    shown.classList.toggle("last", left <= 60);
    [0, 60, 300].some(function (at) {
      if (left > at) return false;
      if (!clock.announced[at]) {
        [at, 60, 300].forEach(function (later) { if (later >= at) clock.announced[later] = true; });
        announce(shown.dataset["say-" + at] || shown.getAttribute("data-say-" + at) || "");
      }
      return true;
    });
    if (left <= 2) saveAll();
    if (left === 0 && !(clock.asked && performance.now() - clock.asked < 3000)) {
      clock.asked = performance.now();
      var button = document.querySelector(".st-key-time-up button");
      if (button) button.click();
    }
  }

  // ---- what is typed: Streamlit sends it when the field is left; here it is sent while somebody types on.
  var waiting = new Map(); // field → its two timers
  var composing = new WeakSet(); // fields in which an input method is at work

  function save(field) {
    var timers = waiting.get(field);
    if (!timers) return;
    clearTimeout(timers.pause);
    if (composing.has(field)) {
      timers.pause = setTimeout(function () { save(field); }, 400);
      return;
    }
    clearTimeout(timers.longest);
    waiting.delete(field);
    if (!field.isConnected) return;
    var area = field.tagName === "TEXTAREA";
    field.dispatchEvent(new KeyboardEvent("keydown", {
      key: "Enter", code: "Enter", keyCode: 13, which: 13, bubbles: true, cancelable: true, ctrlKey: area,
    }));
  }

  function saveAll() {
    Array.from(waiting.keys()).forEach(save);
  }

  document.addEventListener("input", function (event) {
    var field = event.target;
    if (!field.matches || !field.matches(FIELDS) || !field.closest(QUESTION)) return;
    var timers = waiting.get(field);
    if (!timers) {
      timers = { longest: setTimeout(function () { save(field); }, LONGEST) };
      waiting.set(field, timers);
    }
    clearTimeout(timers.pause);
    timers.pause = setTimeout(function () { save(field); }, PAUSE);
  });
  document.addEventListener("compositionstart", function (event) { composing.add(event.target); });
  document.addEventListener("compositionend", function (event) { composing.delete(event.target); });
  document.addEventListener("visibilitychange", function () { if (document.hidden) saveAll(); });
  window.addEventListener("pagehide", saveAll);

  // ---- whether somebody works with keys; told first of all, since what follows keeps keys to itself.
  var byKeys = false;
  window.addEventListener("keydown", function () { byKeys = true; }, true);
  window.addEventListener("pointerdown", function () { byKeys = false; }, true);

  // ---- options by key: 1 to 9, or a letter; N and P press the buttons for the next and the previous question, which
  // Streamlit's own shortcuts don't do while an option has the focus.
  var STEPS = { n: ".st-key-next button", p: ".st-key-previous button" };
  var CHOICES = [
    '[data-testid="stRadioOption"]', ".st-key-ticks label", ".st-key-unplaced button", '[data-testid="stSelectbox"] input',
  ];

  function chosen(key) {
    if (/^[1-9]$/.test(key)) return Number(key) - 1;
    return /^[a-z]$/.test(key) ? key.charCodeAt(0) - 97 : -1;
  }

  window.addEventListener("keydown", function (event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    var at = event.target;
    if (at.isContentEditable || (at.matches && at.matches("textarea, select, input:not([type=radio]):not([type=checkbox])"))) return;
    var question = document.querySelector(QUESTION);
    if (!question || document.querySelector('[role="dialog"]')) return;
    var key = event.key.toLowerCase();
    if (STEPS[key]) {
      var step = document.querySelector(STEPS[key]);
      event.stopImmediatePropagation();
      if (step && !step.disabled) step.click();
      return;
    }
    var place = chosen(key);
    if (place < 0) return;
    for (var n = 0; n < CHOICES.length; n++) {
      var found = question.querySelectorAll(CHOICES[n]);
      if (!found.length) continue;
      if (place >= found.length) return;
      event.preventDefault();
      event.stopImmediatePropagation(); // Streamlit has shortcuts of its own on C and R
      var inner = found[place].querySelector("input") || found[place];
      inner.focus();
      if (CHOICES[n].indexOf("Selectbox") < 0) inner.click();
      return;
    }
  }, true);

  // ---- where one is: another question begins at its top, and who works with keys goes on inside it.
  var place = null; // of the question that was shown last
  var held = null; // what had the focus last, inside the test, and the widget around it
  var around = null;

  document.addEventListener("focusin", function (event) {
    held = event.target.closest(QUESTION + ", .st-key-test-steps") ? event.target : null;
    around = held && held.closest('[data-testid="stElementContainer"]');
  });

  function follow() {
    var question = document.querySelector(QUESTION), state = document.querySelector(".orderly-test-state");
    if (!question || !state) {
      place = null;
      return;
    }
    if (!question.hasAttribute("tabindex")) question.tabIndex = -1;
    var other = place !== null && place !== state.dataset.place;
    place = state.dataset.place;
    if (other) {
      if (byKeys && !question.contains(document.activeElement)) question.focus({ preventScroll: true });
      if (question.getBoundingClientRect().top < 0) question.scrollIntoView({ block: "start" });
    } else if (byKeys && held && !held.isConnected && document.activeElement === document.body) {
      var field = around && around.isConnected ? around.querySelector("input, textarea") : null;
      (field || question.querySelector(".st-key-unplaced button:enabled") || question).focus({ preventScroll: true });
    }
  }

  // ---- labels read aloud: Streamlit puts a label's markdown there as it is written, with its backslashes.
  function readable() {
    document.querySelectorAll('[aria-label*="\\\\"], [aria-label*="\u2060"]').forEach(function (named) {
      var label = named.getAttribute("aria-label");
      var words = label.replace(/\\([!-\/:-@[-`{-~])/g, "$1").replace(/\u2060/g, "");
      if (words !== label) named.setAttribute("aria-label", words);
    });
  }

  setInterval(function () {
    tick();
    follow();
    readable();
  }, 250);
})();
