// Tells Streamlit, before it starts, which theme the person chose: it keeps one per page in the browser's storage.
(function () {
  "use strict";
  // Where the server is: without this, Streamlit looks below each page's own path first and gets two 404s.
  window.__streamlit = { BACKEND_BASE_URL: window.location.origin };
  var names = { light: "Light", dark: "Dark", auto: "System" };
  var chosen = names[document.documentElement.dataset.theme];
  if (!chosen) return;
  try {
    window.localStorage.setItem("stActiveTheme-" + window.location.pathname + "-v2", JSON.stringify(chosen));
  } catch (error) {
    // Storage is switched off: the system's theme is used.
  }
})();
