// The text area of a query as an editor that knows SPARQL, where it is installed (make assets).
"use strict";
const area = document.getElementById("query");
if (area && window.Yasqe) {
  const place = document.createElement("div");
  area.before(place);
  Yasqe.defaults.autocompleters = ["variables"]; // the others ask prefix.cc and Linked Open Vocabularies, and nothing leaves this machine
  const editor = new Yasqe(place, {
    value: area.value,
    persistenceId: null,
    createShareableLink: null,
    showQueryButton: false,
    resizeable: false,
    requestConfig: { endpoint: "/sparql" },
    extraKeys: { "Ctrl-Enter": () => area.form.requestSubmit(), Tab: false, "Shift-Tab": false },
  });
  editor.getInputField().setAttribute("aria-label", "A query in SPARQL");
  place.querySelector(".CodeMirror-scroll").tabIndex = 0;
  editor.on("change", () => { area.value = editor.getValue(); });
  area.hidden = true;
}
