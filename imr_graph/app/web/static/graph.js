// The still picture of a neighbourhood as a graph whose nodes can be moved, where that is installed (make assets).
"use strict";
// as in style.css
const COLOURS = {
  case: "#3f74b8", issue: "#3f74b8", service: "#b3641a", drug: "#b3641a", ground: "#2f8a63", diagnosis: "#b0466d",
  "body part": "#b0466d", guideline: "#7a5bb5", "guideline section": "#7a5bb5", passage: "#7a5bb5",
};
const button = document.getElementById("move");
if (button && window.cytoscape) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    const answer = await fetch(button.dataset.view);
    const { elements } = await answer.json();
    const picture = document.querySelector("svg.graph");
    const canvas = document.getElementById("canvas");
    const ink = getComputedStyle(document.body).color;
    canvas.hidden = false;
    picture.setAttribute("hidden", "");
    button.hidden = true;
    const graph = cytoscape({
      container: canvas,
      elements,
      layout: { name: "cose", animate: false, nodeDimensionsIncludeLabels: true, padding: 40 },
      style: [
        { selector: "node", style: { label: "data(label)", "font-size": 11, color: ink, "text-wrap": "ellipsis",
          "text-max-width": 180, width: 14, height: 14, "background-color": "#6b7684" } },
        ...Object.entries(COLOURS).map(([type, colour]) => (
          { selector: `node[type = "${type}"]`, style: { "background-color": colour } })),
        { selector: "edge", style: { width: 1, "line-color": "#8a94a1", "curve-style": "bezier",
          "target-arrow-shape": "triangle", "target-arrow-color": "#8a94a1", "arrow-scale": 0.6 } },
      ],
    });
    graph.on("tap", "node", (event) => location.assign(`/explore?node=${encodeURIComponent(event.target.id())}`));
  });
}
