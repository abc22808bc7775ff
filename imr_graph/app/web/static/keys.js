// "/" comes to the search box, Enter there asks (Shift+Enter makes a new line). The pages work without it.
"use strict";
const box = document.getElementById("q");
document.addEventListener("keydown", (event) => {
  const typing = event.target.matches("input, textarea, select, [contenteditable]");
  if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
    event.preventDefault();
    if (box) { box.focus(); box.select(); } else { location.assign("/search"); }
  }
});
if (box) {
  box.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      box.form.requestSubmit();
    }
  });
}
